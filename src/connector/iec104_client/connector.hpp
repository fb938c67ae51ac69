#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "config/settings.hpp"
#include "connector/common/life.hpp"
#include "connector/common/line_security.hpp"
#include "connector/iec104_client/commands.hpp"
#include "connector/iec104_client/feed.hpp"
#include "connector/iec104_client/line.hpp"
#include "connector/iec104_client/line_files.hpp"
#include "connector/iec104_client/reset_requests.hpp"
#include "store/image_loader.hpp"
#include "store/lease.hpp"
#include "store/updates_writer.hpp"

namespace busbar::connector {

/// The client connector: one line to an RTU (controlling station), its values into the store.
class ClientConnector : public Life {
public:
    explicit ClientConnector(const config::ClientSettings& settings);
    ~ClientConnector() override;

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

    Outcome take(config::Reading<config::ClientConfig> reading);
    PointMaker make_maker() const;
    void make_line();
    void stream_full(bool full);
    void allow_transfer();
    void update_trouble();
    ClientCommands::Owner commands_owner();
    LineFiles::Owner files_owner();
    std::string command_trouble() const;

    // the line
    void on_event(const Line::Event& event, std::uint64_t connection);
    void on_lost(const std::string& peer, const std::string& reason);
    void on_refused(const std::string& peer, const std::string& reason);
    void on_rejected(const iec104::ControllingSession::AsduRejected& rejected);
    bool synchronize_clock(iec60870::CommonAddress station);

    // ownership of stations
    Ownership ownership(std::uint16_t casdu);
    void ownership_changed(std::uint16_t casdu, const std::string& reason);

    // points of a lost line
    void line_is_down();
    void mark_all_not_topical();
    void mark_next(std::vector<store::ImageAddress> addresses, std::size_t done);

    config::ClientSettings settings_;
    config::ClientConfig config_;
    std::string managed_;  // the text in force, for a reload
    bool has_managed_ = false;
    TimeZone zone_;
    LineSecurity security_;
    store::UpdatesWriter writer_;
    store::ImageLoader image_;
    struct Owned {
        std::unique_ptr<store::Lease> lease;
        Ownership ownership = Ownership::asking;
    };
    boost::unordered_flat_map<std::uint16_t, Owned> owned_;
    std::unique_ptr<Feed> feed_;
    std::unique_ptr<Line> line_;
    std::unique_ptr<ClientCommands> commands_;
    std::unique_ptr<ResetRequests> resets_;
    std::unique_ptr<LineFiles> files_;
    bool line_is_outdated_ = false;  // another configuration is in force than the one it was made with
    net::Timer not_topical_;
    bool marked_not_topical_ = false, mark_when_store_is_up_ = false;
    std::set<std::uint16_t> unlisted_told_;
    std::uint64_t points_refused_ = 0;
    std::string last_lost_;
    std::map<std::string, std::string> refused_;  // address -> why it was refused last, to be told once
    UtcTime line_since_{};
};

}  // namespace busbar::connector
