#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iec102/link/line.hpp"
#include "iec102/meter/device.hpp"

namespace busbar::iec102 {

struct ChannelConfig {
    LineConfig line;
    unsigned retries = 3;
    bool operator==(const ChannelConfig&) const = default;
};

/// One line with its meters: whose turn it is, what is due, who is off-scan. Turns go round frame by frame, so that a
/// meter that keeps silent costs the others no more than one time-out each round. Octets, connected or closed, wishes
/// and the time go in; octets, events and the next deadline come out.
class Channel {
public:
    explicit Channel(const ChannelConfig& config) : config_(config), line_(config.line) {}
    Channel(const Channel&) = delete;  // its devices write into its events

    // In. The caller always says what time it is.

    void configure(const ChannelConfig& config, TimePoint now);
    /// Names are the devices' identity: what is not in the list any more logs out and goes, what is new comes, what
    /// stays is changed where it differs. The others notice nothing.
    void set_devices(const std::vector<DeviceConfig>& devices, TimePoint now);
    void connected(TimePoint now);
    /// There is no connection any more, or none came about.
    void closed(std::string_view why, TimePoint now);
    /// The other side has closed it: the device that was asked at that moment may be why.
    void lost(std::string_view why, TimePoint now);
    void receive(Octets octets, TimePoint now);
    void on_deadline(TimePoint now);

    /// Answered by RequestAnswer and RequestFinished; says why not, if it is not taken.
    std::optional<std::string> request(std::string_view device, Request request, TimePoint now);
    /// False: there is no such device, or it is on-scan.
    bool end_demotion(std::string_view device, TimePoint now);

    /// Lets the outstanding frame be answered or time out, logs out of every open session, then says LineFree. For a
    /// gateway client, or to stop.
    void pause(TimePoint now);
    /// Every device starts from the link status again.
    void resume(TimePoint now);

    // Out. Drained after every input.

    std::optional<ChannelEvent> take_event();
    void take_output(OctetBuffer& into) { line_.take_output(into); }
    bool has_output() const { return line_.has_output(); }
    std::optional<TimePoint> next_deadline() const;

    bool is_connected() const { return line_.is_open(); }
    bool is_paused() const { return state_ != State::running; }
    std::vector<const Device*> devices() const;
    const LineCounters& counters() const { return line_.counters(); }
    const ReaderCounters& reader_counters() const { return line_.reader_counters(); }

private:
    enum class State : std::uint8_t { running, pausing, paused };

    /// A device and whether it only stays to log out.
    struct Place {
        std::unique_ptr<Device> device;
        bool leaving = false;
    };

    Patience patience() const;
    Place* find(std::string_view name);
    void hand_over(const Line::Event& event, TimePoint now);
    void go_on(TimePoint now);
    void release(TimePoint now);
    void remove_left();
    Device* next_ready(TimePoint now);
    bool is_barred(const Place& place) const;
    std::optional<TimePoint> next_wish() const;

    ChannelConfig config_;
    Line line_;
    State state_ = State::running;
    std::vector<Place> places_;
    std::size_t turn_ = 0;       // whose turn it is next
    Device* talking_ = nullptr;  // whose frame is outstanding
    ChannelEvents events_;
};

}  // namespace busbar::iec102
