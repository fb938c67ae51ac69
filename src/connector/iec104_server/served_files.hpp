#pragma once

#include <string>

#include "config/server.hpp"
#include "connector/common/translate.hpp"
#include "files/file_server.hpp"
#include "net/event_loop.hpp"
#include "net/timer.hpp"
#include "store/status_writer.hpp"

namespace busbar::connector {

/// Files for control rooms: looks at the folder every few seconds, says in log and status which file has which address.
class ServedFiles {
public:
    /// `on_listed`: sessions may have something to announce.
    ServedFiles(net::EventLoop& loop, iec104::ControlledStation& station, const config::ServerFiles& config,
                const TimeZone& zone, std::function<void()> on_listed);

    void start();
    void handle(iec104::ControlledSession& session, const iec104::FileEvent& event, const std::string& peer) {
        server_.handle(session, event, peer);
    }
    void session_gone(const iec104::ControlledSession& session) { server_.session_gone(session, "a control room"); }
    void write_status(store::StatusWriter& status) const;

private:
    files::FileServer::Owner owner();
    void look();

    net::EventLoop& loop_;
    TimeZone zone_;
    std::function<void()> on_listed_;
    files::FileServer server_;
    net::Timer timer_;
    bool listed_ = false;
};

/// For the station and for `ServedFiles`.
files::FileServerConfig file_server_config(const config::ServerFiles& config);

}  // namespace busbar::connector
