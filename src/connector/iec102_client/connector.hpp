#pragma once

#include <map>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "connector/common/life.hpp"
#include "connector/iec102_client/meter_line.hpp"
#include "connector/iec102_client/meter_requests.hpp"
#include "connector/iec102_client/meter_tags.hpp"
#include "connector/iec102_client/owned_stations.hpp"
#include "store/image_loader.hpp"
#include "store/updates_writer.hpp"

namespace busbar::connector {

/// The meter client: lines to meters, their instantaneous values into the store.
class MeterConnector : public Life {
public:
    explicit MeterConnector(const config::MeterSettings& settings);
    ~MeterConnector() override;

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

    Outcome take(config::Reading<config::MeterConfig> reading);
    void begin_apply();
    void apply(const std::map<std::uint64_t, double>& known);
    MeterLine::Owner line_owner();
    /// Lines that are not wanted any more log out of their meters first.
    void retire_lines();
    MeterLine* line_of_device(std::string_view device);
    Result<std::string> do_request(std::string_view action, std::string_view data);

    void on_event(const iec102::ChannelEvent& event);
    void handle(const iec102::ValuesRead& event);
    void handle(const iec102::ObjectRefused& event);
    void handle(const iec102::RatiosRead& event) { tags_.take(event); }
    void handle(const iec102::DeviceChanged& event);
    void handle(const iec102::RequestAnswer& event) { requests_.take(event); }
    void handle(const iec102::RequestFinished& event) { requests_.take(event); }
    void handle(const iec102::LineFree&) {}

    // points
    bool write(const point::Point& point, bool event);
    void commit();
    void say_again();
    /// What there was no room for.
    void say_unsaid();

    config::MeterSettings settings_;
    config::MeterConfig config_;
    std::string managed_;  // the text in force, for a reload
    bool has_managed_ = false;
    store::UpdatesWriter writer_;
    store::ImageLoader image_;
    MeterTags tags_;
    std::unique_ptr<OwnedStations> stations_;
    std::map<std::string, std::unique_ptr<MeterLine>> lines_;
    std::vector<std::unique_ptr<MeterLine>> retired_;  // log out, then go
    net::Timer sweep_;
    std::map<std::string, std::string> refused_;  // line -> why its connection was refused last, to be told once
    MeterRequests requests_;
    std::vector<store::ImageAddress> batch_;  // written since the last commit
    std::vector<char> text_;
    bool lost_ = false;  // something that was written is not in the store
    std::uint64_t points_stored_ = 0, points_refused_ = 0;
};

}  // namespace busbar::connector
