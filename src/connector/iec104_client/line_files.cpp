#include "connector/iec104_client/line_files.hpp"

#include <fmt/format.h>

#include <utility>

#include "connector/common/messages.hpp"
#include "iec60870/element/file.hpp"
#include "iec60870/element/time_tag.hpp"

namespace busbar::connector {

namespace json = boost::json;

namespace {

constexpr std::size_t most_entries = 10'000;
constexpr std::string_view directory_action = "file_directory", fetch_action = "file_fetch", send_action = "file_send";

struct DirectoryEntry {
    iec60870::NameOfFile name;
    iec60870::LengthOfFile length;
    iec60870::StatusOfFile status;
    iec60870::Cp56Time2a time;
};

DirectoryEntry read_entry(Octets element) {
    constexpr std::size_t length_at = 2, status_at = 5, time_at = 6;
    return {iec60870::decode<iec60870::NameOfFile>(element.data()),
            iec60870::decode<iec60870::LengthOfFile>(element.data() + length_at),
            iec60870::decode<iec60870::StatusOfFile>(element.data() + status_at),
            iec60870::decode<iec60870::Cp56Time2a>(element.data() + time_at)};
}

std::string iso8601(UtcTime time) {
    std::string text(iso8601_size, ' ');
    write_iso8601(text.data(), time);
    return text;
}

}  // namespace

LineFiles::LineFiles(std::string folder, iec60870::AsduFormat format, Owner owner)
    : format_(format), owner_(std::move(owner)), files_(std::move(folder)) {}

void LineFiles::configure(std::string folder, iec60870::AsduFormat format) {
    files_.use_folder(std::move(folder));
    format_ = format;
}

bool LineFiles::does(std::string_view action) {
    return action == directory_action || action == fetch_action || action == send_action;
}

// --- requests

void LineFiles::request(Line& line, const PointMaker& stations, std::string_view action, std::string_view data,
                        Reply reply) {
    if (const auto begun = begin(line, stations, action, data); !begun)
        return reply(tl::make_unexpected(begun.error()));
    reply(std::string(R"({"started":true})"));
    (action == directory_action ? directory_reply_ : file_reply_) = std::move(reply);
}

Result<void> LineFiles::begin(Line& line, const PointMaker& stations, std::string_view action, std::string_view data) {
    const auto object = RequestData::parse(data);
    if (!object) return tl::make_unexpected(object.error());
    const auto casdu = object->number("casdu", 1, 65534, -1);
    if (!casdu) return tl::make_unexpected(casdu.error());
    const auto remote = stations.remote_of(static_cast<std::uint16_t>(*casdu));
    if (!remote) return fail(fmt::format("casdu: {} is not a station of this connector", *casdu));

    Result<void> begun = fail("data transfer with the station is not started");
    line.with_session([&](auto& session, TimePoint) {
        if (auto* files = session.files()) begun = begin(*files, *object, action, *remote);
        return begun.has_value();
    });
    return begun;
}

Result<void> LineFiles::begin(iec104::ControllingFiles& session, const RequestData& data, std::string_view action,
                              iec60870::CommonAddress remote) {
    if (action == directory_action) {
        auto called = session.call_directory(remote);
        if (called) entries_.clear();
        return called;
    }
    const auto ioa = data.number("ioa", 1, iec104::highest_ioa(format_), -1);
    if (!ioa) return tl::make_unexpected(ioa.error());
    const auto name = data.number("file", 0, 65535, 1);
    if (!name) return tl::make_unexpected(name.error());
    const iec104::FileAddress file{remote, static_cast<iec60870::Ioa>(*ioa), static_cast<std::uint16_t>(*name)};
    return action == fetch_action ? files_.fetch(session, file, data.text("name"))
                                  : files_.send(session, file, data.text("name"));
}

void LineFiles::answer(Reply& waiting, const json::object& data) {
    if (const auto reply = std::exchange(waiting, nullptr)) reply(json::serialize(data));
}

// --- what the station says

void LineFiles::handle(Line& line, const iec104::FileEvent& event) {
    if (const auto* directory = std::get_if<iec104::DirectoryReceived>(&event))
        return directory_received(*directory, line.peer());
    if (const auto* ended = std::get_if<iec104::DirectoryEnded>(&event)) return directory_ended(*ended);
    std::optional<files::FileClient::Ended> outcome;
    line.with_session([&](auto& session, TimePoint) {
        outcome = files_.handle(session.files(), event);
        return true;
    });
    if (outcome) file_ended(*outcome, line.peer());
}

void LineFiles::directory_received(const iec104::DirectoryReceived& directory, const std::string& peer) {
    const auto asdu = iec60870::AsduView::parse(directory.asdu, format_);
    if (!asdu) return;
    const auto casdu = owner_.casdu_of(asdu->header().common_address);
    const bool spontaneous = asdu->header().cause == iec60870::Cause::spontaneous;
    for (const auto object : *asdu) {
        if (object.ioa == 0) continue;  // there is no file
        const auto entry = read_entry(object.element);
        const auto time = iso8601(owner_.utc_of(entry.time, UtcTime{}));
        if (spontaneous) {
            ++announced_;
            log(messages::file_announced, peer, casdu, object.ioa, entry.name.name, entry.length.octets, time);
        } else if (entries_.size() < most_entries) {
            entries_.push_back(json::object{{"ioa", object.ioa},
                                            {"file", entry.name.name},
                                            {"octets", entry.length.octets},
                                            {"time", time},
                                            {"status", entry.status.status},
                                            {"subdirectory", entry.status.subdirectory},
                                            {"transferring", entry.status.active}});
        }
    }
}

void LineFiles::directory_ended(const iec104::DirectoryEnded& ended) {
    const auto casdu = owner_.casdu_of(ended.common_address);
    json::object data{{"casdu", casdu}, {"complete", ended.reason.empty()}};
    if (ended.reason.empty()) {
        log(messages::directory_read, casdu, entries_.size());
    } else {
        log(messages::directory_failed, casdu, ended.reason);
        data["error"] = ended.reason;
    }
    data["files"] = std::exchange(entries_, {});
    answer(directory_reply_, data);
}

void LineFiles::file_ended(const files::FileClient::Ended& ended, const std::string& peer) {
    const auto casdu = owner_.casdu_of(ended.file.common_address);
    const auto& [remote, ioa, name] = ended.file;
    json::object data{{"casdu", casdu}, {"ioa", ioa}, {"file", name}, {"name", ended.name}};
    ++(!ended.reason.empty() ? failed_ : ended.sent ? sent_ : fetched_);
    if (ended.reason.empty()) {
        if (ended.sent) {
            log(messages::file_sent, ended.name, casdu, ioa, name, peer);
        } else {
            log(messages::file_received, ended.name, casdu, ioa, name, peer);
        }
        data["done"] = true;
        data["octets"] = ended.octets;
    } else {
        log(messages::file_failed, ended.name, casdu, ioa, name, peer, ended.reason);
        data["error"] = ended.reason;
    }
    answer(file_reply_, data);
}

void LineFiles::line_lost(const std::string& peer) {
    if (const auto ended = files_.line_lost()) file_ended(*ended, peer);
    answer(directory_reply_, {{"error", "the connection is lost"}});
}

void LineFiles::write_status(store::StatusWriter& status) const {
    status.set("files_fetched", fetched_);
    status.set("files_sent", sent_);
    status.set("files_failed", failed_);
    status.set("files_announced", announced_);
}

}  // namespace busbar::connector
