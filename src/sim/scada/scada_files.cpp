#include <fmt/format.h>

#include "sim/scada/scada_session.hpp"
#include "sim/wire/object_json.hpp"
#include "sim/wire/words.hpp"

namespace busbar::sim {

using iec104::FileAddress;

namespace {

Result<FileAddress> read_address(const std::vector<std::string_view>& words) {
    const auto station = words.size() > 1 ? read_number<iec60870::CommonAddress>(words[1]) : std::nullopt;
    const auto ioa = words.size() > 2 ? read_number<iec60870::Ioa>(words[2]) : std::nullopt;
    const auto name = words.size() > 3 ? read_number<std::uint16_t>(words[3]) : std::optional<std::uint16_t>(1);
    if (!station || !ioa || !name) return fail(fmt::format("{} needs CASDU IOA, and a number for FILE", words[0]));
    return FileAddress{*station, *ioa, *name};
}

}  // namespace

Result<void> Scada::order_file(const std::vector<std::string_view>& words) {
    iec104::ControllingFiles* line = session_->protocol().files();
    if (line == nullptr) return fail("data transfer is not started");
    if (words[0] == "directory") {
        const auto station = words.size() > 1 ? read_number<iec60870::CommonAddress>(words[1]) : std::nullopt;
        if (!station) return fail("directory needs CASDU");
        return line->call_directory(*station);
    }
    const auto file = read_address(words);
    if (!file) return tl::make_unexpected(file.error());
    const std::string name(words.size() > 4 ? words[4] : "");
    return words[0] == "fetch" ? files_.fetch(*line, *file, name) : files_.send(*line, *file, name);
}

void Scada::handle_file(const iec104::FileEvent& event) {
    if (const auto* directory = std::get_if<iec104::DirectoryReceived>(&event)) return directory_received(*directory);
    if (const auto* ended = std::get_if<iec104::DirectoryEnded>(&event)) {
        JsonLine line = journal_.line("directory");
        line.add("casdu", ended->common_address).add("complete", ended->reason.empty());
        if (!ended->reason.empty()) line.add("reason", ended->reason);
        line.end();
        return show(fmt::format("directory of {} {}", ended->common_address,
                                ended->reason.empty() ? "complete" : ended->reason));
    }
    if (const auto ended = files_.handle(session_->protocol().files(), event)) tell_file(*ended);
}

void Scada::tell_file(const files::FileClient::Ended& ended) {
    const auto& [casdu, ioa, number] = ended.file;
    const char* outcome = !ended.reason.empty() ? "failed" : ended.sent ? "sent" : "fetched";
    JsonLine line = journal_.line(fmt::format("file_{}", outcome));
    line.add("casdu", casdu).add("ioa", ioa).add("file", number).add("name", ended.name).add("octets", ended.octets);
    if (!ended.reason.empty()) line.add("reason", ended.reason);
    line.end();
    show(fmt::format("file {} ({} {} {}) {}{}", ended.name, casdu, ioa, number, outcome,
                     ended.reason.empty() ? "" : ": " + ended.reason));
}

void Scada::directory_received(const iec104::DirectoryReceived& directory) {
    const auto asdu = iec60870::AsduView::parse(directory.asdu, config_.session.format);
    if (!asdu) return;
    for (const iec60870::InformationObject entry : *asdu) {
        JsonLine line = journal_.line("directory_entry");
        add_header(line, asdu->header(), entry.ioa);
        add_element(line, asdu->header().type, entry.element, journal_.now());
        line.end();
        if (screen_) screen_->show(asdu->header(), entry, journal_.now());
    }
}

}  // namespace busbar::sim
