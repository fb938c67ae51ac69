#include "connector/iec104_server/served_files.hpp"

#include <boost/json.hpp>
#include <utility>

#include "connector/common/messages.hpp"
#include "files/file_name.hpp"
#include "iec60870/element/time_tag.hpp"

namespace busbar::connector {

namespace {

constexpr Duration between_looks = std::chrono::seconds{2};
/// Files that the status names; the log has all of them.
constexpr std::size_t most_in_status = 1000;

}  // namespace

files::FileServerConfig file_server_config(const config::ServerFiles& config) {
    files::FileServerConfig files;
    files.folder = config.folder;
    files.receive_folder = config.receive_folder;
    files.allow_delete = config.allow_delete;
    files.common_address = config.casdu;
    files.first_ioa = config.ioa;
    files.name = config.name;
    files.longest = config.max_size;
    files.most = config.max_files;
    files.step_limit = config.step_timeout;
    return files;
}

ServedFiles::ServedFiles(net::EventLoop& loop, iec104::ControlledStation& station, const config::ServerFiles& config,
                         const TimeZone& zone, std::function<void()> on_listed)
    : loop_(loop),
      zone_(zone),
      on_listed_(std::move(on_listed)),
      server_(station, file_server_config(config), owner()),
      timer_(loop) {}

files::FileServer::Owner ServedFiles::owner() {
    return {
        .time_tag =
            [this](UtcTime time) {
                const auto local = zone_.to_local(time);
                auto tag = iec60870::make_cp56(local.time);
                tag.summer = local.summer;
                iec104::FileTable::Time octets{};
                iec60870::encode(tag, octets.data());
                return octets;
            },
        .on_listed =
            [this](const iec104::FileAddress& file, const files::ServedFile& what) {
                listed_ = true;
                log(messages::file_listed, what.name, file.common_address, file.ioa, file.name, what.state.size);
            },
        .on_left_out = [this](const std::string& what) { log(messages::file_left_out, server_.config().folder, what); },
        .on_trouble =
            [this](const std::string& reason) {
                if (reason.empty()) return log(messages::file_folder_back, server_.config().folder);
                log(messages::file_folder, reason);
            },
        .on_ended =
            [](const files::FileServer::Ended& ended) {
                const auto& [casdu, ioa, name] = ended.file;
                if (!ended.reason.empty())
                    return log(messages::file_failed, ended.name, casdu, ioa, name, ended.peer, ended.reason);
                if (ended.sent) return log(messages::file_sent, ended.name, casdu, ioa, name, ended.peer);
                log(messages::file_received, ended.name, casdu, ioa, name, ended.peer);
            }};
}

/// What is there before the control rooms come is not announced to them.
void ServedFiles::start() {
    look();
    timer_.every(between_looks, [this] { look(); });
}

void ServedFiles::look() {
    server_.look(loop_.utc_now());
    if (std::exchange(listed_, false)) on_listed_();
}

void ServedFiles::write_status(store::StatusWriter& status) const {
    boost::json::array list;
    for (const auto& [number, file] : server_.files()) {
        if (list.size() == most_in_status) break;
        const auto address = server_.address_of(number);
        list.push_back(boost::json::object{{"casdu", address.common_address},
                                           {"ioa", address.ioa},
                                           {"file", address.name},
                                           {"name", files::printable(file.name)},
                                           {"octets", file.state.size}});
    }
    status.set("files", boost::json::serialize(list));
    const auto& counters = server_.counters();
    status.set("files_sent", static_cast<std::int64_t>(counters.sent));
    status.set("files_received", static_cast<std::int64_t>(counters.received));
    status.set("files_failed", static_cast<std::int64_t>(counters.failed));
    status.set("files_deleted", static_cast<std::int64_t>(counters.deleted));
}

}  // namespace busbar::connector
