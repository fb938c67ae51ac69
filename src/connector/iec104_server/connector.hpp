#pragma once

#include <memory>
#include <string>

#include "config/settings.hpp"
#include "connector/common/life.hpp"
#include "connector/common/line_security.hpp"
#include "connector/iec104_server/commands.hpp"
#include "connector/iec104_server/groups.hpp"
#include "connector/iec104_server/peers.hpp"
#include "connector/iec104_server/projection.hpp"
#include "connector/iec104_server/served_files.hpp"
#include "connector/iec104_server/sources.hpp"
#include "connector/iec104_server/station_requests.hpp"
#include "store/image_watch.hpp"

namespace busbar::connector {

/// The server connector: the store's image and stream to control rooms (controlled station).
class ServerConnector : public Life {
public:
    explicit ServerConnector(const config::ServerSettings& settings);
    ~ServerConnector() override;

private:
    // Life
    Outcome apply_config(std::optional<std::string_view> json) override;
    Outcome apply_mapping(std::optional<std::string_view> json) override;
    void activate() override;
    void deactivate(const std::string& reason) override;
    void store_up() override;
    void store_down(const std::string& reason) override;
    void request(std::string_view action, std::string_view data, Reply reply) override;
    Outcome reload() override;
    void refresh_status() override;
    void shut_down(std::function<void()> done) override;

    // configuration
    Outcome take(config::Reading<config::ServerConfig> reading);
    iec104::ControlledStationConfig station_config() const;
    UpdateMaker make_maker(Sources& sources) const;
    ServerCommands::Owner commands_owner();
    void apply_attributes();

    // work
    void make_parts();
    void begin();
    void image_ready();
    void listen();
    void use_tls();
    void serve_files();
    void on_event(iec104::ControlledSession& session, const iec104::ControlledSession::Event& event,
                  const net::PeerAddress& peer);
    void clock_received(const iec104::ControlledSession::ClockReceived& clock, const net::PeerAddress& peer);
    void on_gap(const std::string& group, store::StreamId after, const std::string& why);
    void bad_point(store::ImageAddress address, std::string_view why, std::string_view data);
    bool is_foreign(store::ImageAddress address, std::string_view json);
    void source_changed(const std::string& source, bool gone);
    void station_changed();
    void reset_process(const net::PeerAddress& peer);
    Result<std::string> answer(std::string_view action, std::string_view data);

    config::ServerSettings settings_;
    config::ServerConfig config_;
    config::Mapping mapping_;
    std::string managed_, managed_mapping_;
    bool has_managed_ = false;
    TimeZone zone_;
    Timeline timeline_;
    LineSecurity security_;

    /// What serves control rooms; made when this process becomes the active one. In the order of their dependence.
    struct Parts {
        Parts(net::EventLoop& loop, ServerConnector& connector);
        void session_gone(iec104::ControlledSession& session);
        iec104::ControlledStation station;
        Sources sources;
        Projection projection;
        Groups groups;
        ServerCommands commands;
        StationRequests requests;
        std::optional<ServedFiles> files;
        Peers peers;
        store::ImageWatch image_watch;
    };
    std::unique_ptr<Parts> parts_;
    bool groups_open_ = false;
    std::string stored_history_;
    net::Timer station_timer_, listen_retry_, begin_retry_, reset_timer_;
    std::uint64_t bad_points_ = 0, commands_given_ = 0;
    std::int64_t clock_offset_ms_ = 0;
    std::string reader_trouble_;
};

}  // namespace busbar::connector
