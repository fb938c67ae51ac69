#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/common.hpp"
#include "config/reading.hpp"

namespace busbar::config {

/// What a utility sets in its meters: the format of the serial line, point address and password.
enum class UtilityPreset : std::uint8_t { iberdrola, endesa, naturgy, viesgo };

/// A TCP connection to the meter or to an Ethernet-serial converter.
struct MeterTcp {
    std::string host;
    std::uint16_t port = 4001;
    WholeMilliseconds reconnect_delay{60000};
    bool operator==(const MeterTcp&) const = default;
};

enum class MeterParity : std::uint8_t { none, even, mark, odd, space };

/// A serial port, or an optical head on one.
struct MeterSerial {
    std::string port;  // "/dev/ttyS0"
    std::uint32_t baud = 9600;
    std::uint8_t data_bits = 8, stop_bits = 1;
    MeterParity parity = MeterParity::none;
    bool rts = false, dtr = false;  // whether the control line is on while the port is open
    std::uint32_t buffer_size = 4096;
    WholeMilliseconds reconnect_delay{60000};
    bool operator==(const MeterSerial&) const = default;
};

using MeterConnection = std::variant<MeterTcp, MeterSerial>;

/// The speeds a serial port may have.
std::span<const std::uint32_t> baud_rates();

/// A TCP port through which another program has the line to itself for a while.
struct MeterGateway {
    std::uint16_t port = 5001;  // 0: any free one
    std::string interface_address = "0.0.0.0";
    std::uint8_t priority = 1;  // 1 is the highest
    std::uint8_t max_connections = 1;
    WholeMilliseconds inactivity_timeout{60000};  // 0 = never
    bool operator==(const MeterGateway&) const = default;
};

struct AutoDemotion {
    bool enabled = true;
    std::uint32_t failures = 3;
    WholeMilliseconds delay{60000};
    bool operator==(const AutoDemotion&) const = default;
};

/// Where the ratios of a meter's transformers come from.
enum class RatioSource : std::uint8_t { configured, meter };

struct MeterDevice {
    std::string name;
    bool enabled = true;
    std::uint16_t link_address = 0, point_address = 0;
    std::string password, password_file;  // see load_passwords
    AutoDemotion auto_demotion;
    std::chrono::minutes utc_offset{60};  // of the meter's winter time
    RatioSource ratios = RatioSource::configured;
    double current_ratio = 1, voltage_ratio = 1;  // of the transformers, for the values of current and voltage
    /// What the login sends; 0 without a password.
    std::uint32_t password_number() const;
    bool operator==(const MeterDevice&) const = default;
};

/// One line and the meters on it.
struct MeterChannel {
    std::string name;
    bool enabled = true;
    std::optional<UtilityPreset> preset;  // its values stand in the other members already: see read_meter_config
    WholeMilliseconds request_timeout{3000};
    std::uint8_t retries = 3;
    WholeMilliseconds inter_request_delay{0};
    WholeMilliseconds gateway_lock_limit{0};  // 0 = none
    MeterConnection connection;
    std::vector<MeterGateway> gateways;
    std::vector<MeterDevice> devices;
    bool operator==(const MeterChannel&) const = default;
};

enum class MeterGroup : std::uint8_t { instantaneous };

/// In the order of the operator's list.
enum class MeterVariable : std::uint8_t {
    energy_active_imported,
    energy_active_exported,
    energy_reactive_q1,
    energy_reactive_q2,
    energy_reactive_q3,
    energy_reactive_q4,
    power_active_total,
    power_reactive_total,
    power_factor_total,
    power_active_phase1,
    power_reactive_phase1,
    power_factor_phase1,
    power_active_phase2,
    power_reactive_phase2,
    power_factor_phase2,
    power_active_phase3,
    power_reactive_phase3,
    power_factor_phase3,
    current_phase1,
    voltage_phase1,
    current_phase2,
    voltage_phase2,
    current_phase3,
    voltage_phase3,
};

/// True for the six counters, which may also be integrated totals (types 15, 37).
bool is_energy(MeterVariable variable);

/// Where the time of a tag comes from.
enum class TagTime : std::uint8_t { receipt, meter };

/// A point and where its value comes from. Not enabled: nobody but other programs writes the point.
struct MeterTag {
    std::string name;
    bool enabled = false;
    std::string device;  // "channel/device"
    MeterGroup group = MeterGroup::instantaneous;
    std::optional<MeterVariable> variable;
    WholeMilliseconds scan_rate{1000};
    std::uint16_t casdu = 0;
    std::uint32_t ioa = 0;
    std::uint8_t type = 36;
    double scale = 1, offset = 0;  // value x scale + offset
    double deadband = 0;           // absolute, after scaling; 0 = none
    TagTime time = TagTime::receipt;
    bool operator==(const MeterTag&) const = default;
};

struct MeterStreams {
    std::string updates = "process:updates", error = "process:errors";
    std::uint64_t max_length = 1000;
    bool operator==(const MeterStreams&) const = default;
};

/// `connectors:{ID}:config` of a meter client.
struct MeterConfig {
    std::uint64_t revision = 0;
    LogLevel log_level = LogLevel::info;
    std::vector<MeterChannel> channels;
    std::vector<MeterTag> tags;
    MeterStreams streams;
    bool debug = false;
    Service service;
    bool operator==(const MeterConfig&) const = default;
};

/// Reads the managed configuration; a missing member keeps what `base` has. Presets are filled in: what the document
/// says itself stays in force. See Reading.
Reading<MeterConfig> read_meter_config(std::string_view json, const MeterConfig& base);

class Findings;

/// Takes the passwords of devices from their files, where they have one.
void load_passwords(MeterConfig& config, Findings& findings);

/// True if the line depends on what differs: how the meters are reached.
bool restart_needed(const MeterChannel& running, const MeterChannel& wanted);

}  // namespace busbar::config
