#include "iec60870/element/time_tag.hpp"
#include "sim/rtu/rtu_session.hpp"

namespace busbar::sim {

namespace {

constexpr Duration between_looks = std::chrono::seconds{2};

JsonLine& add_file(JsonLine& line, const iec104::FileAddress& file, std::string_view name) {
    return line.add("casdu", file.common_address).add("ioa", file.ioa).add("file", file.name).add("name", name);
}

}  // namespace

files::FileServer::Owner Rtu::files_owner() {
    const auto tell = [this](std::string_view what, std::string_view reason) {
        journal_.line(what).add("reason", reason).end();
        journal_.flush();
    };
    return {
        .time_tag =
            [](UtcTime time) {
                iec104::FileTable::Time octets{};
                iec60870::encode(iec60870::make_cp56(iec60870::StationTime(time.time_since_epoch())), octets.data());
                return octets;
            },
        .on_listed =
            [this](const iec104::FileAddress& file, const files::ServedFile& what) {
                JsonLine line = journal_.line("file_listed");
                add_file(line, file, what.name).add("octets", what.state.size).end();
                journal_.flush();
                for (const auto& [id, session] : sessions_) session->wake();
            },
        .on_left_out = [tell](const std::string& what) { tell("file_left_out", what); },
        .on_trouble = [tell](const std::string& reason) { tell("file_folder", reason); },
        .on_ended =
            [this](const files::FileServer::Ended& ended) {
                const char* what = !ended.reason.empty() ? "file_failed" : ended.sent ? "file_sent" : "file_received";
                JsonLine line = journal_.line(what);
                add_file(line, ended.file, ended.name).add("peer", ended.peer);
                if (!ended.reason.empty()) line.add("reason", ended.reason);
                line.end();
                journal_.flush();
            }};
}

void Rtu::look_for_files(TimePoint now) {
    if (!files_ || config_.files->folder.empty()) return;
    files_->look(journal_.now());
    next_look_ = now + between_looks;
}

}  // namespace busbar::sim
