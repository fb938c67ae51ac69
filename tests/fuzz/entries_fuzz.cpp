// Stream entries as anybody may add them, from the store's octets to the controlled station: no crash, nothing that the
// station would not take, and the same of entries that were kept.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "connector/iec104_server/update_maker.hpp"
#include "store/client/reply_reader.hpp"
#include "store/commands.hpp"
#include "store/entry_batch.hpp"

namespace {

using namespace busbar;
using connector::BacklogThinning;
using connector::UpdateMaker;

void must(bool holds) {
    if (!holds) std::abort();
}

/// One mapped point with all that a mapping can do to a value; all others appear as they are.
config::Mapping mapping() {
    config::Mapping made;
    made.expose = config::Exposure::all;
    auto& point = made.points.emplace_back();
    point.casdu = 1;
    point.ioa = 7;
    point.type = 36;
    point.scale = 2;
    point.offset = -1;
    point.deadband = 0.5;
    point.latest = true;
    return made;
}

iec104::ControlledStation& station() {
    static iec104::ControlledStation one({}, TimePoint{});
    return one;
}

/// What the entry becomes, and whether it is sent at once.
std::string updates_of(UpdateMaker& maker, const store::StreamEntry& entry, UpdateMaker::Purpose purpose,
                       BacklogThinning* thinning = nullptr) {
    std::string text;
    const auto made = maker.make(
        entry.address.casdu, entry.address.ioa, entry.data, {entry.id.milliseconds, entry.id.sequence}, UtcTime{},
        purpose,
        [&](const iec104::ObjectUpdate& update) {
            text += to_hex(update.element) + (update.event ? "e" : "") + (update.image ? "i" : "");
            must(iec104::sendable_type(update, iec104::AsduFormat{}) != nullptr);
            if (purpose == UpdateMaker::Purpose::live) must(station().update(update, TimePoint{}));
        },
        thinning);
    return made ? text : made.error().what;
}

void read_as_command(const store::Reply& item) {
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    const auto words = item.children()[1].children();
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) fields.emplace_back(words[i].text(), words[i + 1].text());
    const auto command = store::read_command_entry(*store::parse_stream_id(item.children()[0].text()), fields);
    must(!command.fault.empty() || command.command.size() <= store::max_command_id);
}

void take(UpdateMaker& maker, BacklogThinning& thinning, const store::Reply& reply) {
    store::EntryBatch batch, kept;
    if (!batch.read(reply)) return;
    kept.keep(batch.entries());
    must(kept.entries().size() == batch.entries().size());
    for (std::size_t i = 0; i < batch.entries().size(); ++i) {
        const auto& entry = batch.entries()[i];
        if (!entry.fault.empty()) continue;
        must(updates_of(maker, entry, UpdateMaker::Purpose::image) ==
             updates_of(maker, kept.entries()[i], UpdateMaker::Purpose::image));
        updates_of(maker, entry, UpdateMaker::Purpose::live);
        updates_of(maker, entry, UpdateMaker::Purpose::backlog, &thinning);
    }
    station().flush(TimePoint{});
    for (const auto& item : reply.children()) read_as_command(item);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    UpdateMaker maker({}, *connector::TimeZone::find("UTC"), mapping());
    BacklogThinning thinning;
    store::ReplyReader reader(65536);
    reader.read(Octets(data, size), [&](const store::Reply& reply) {
        take(maker, thinning, reply);
        return true;
    });
    return 0;
}
