#include "config/meter.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "config/check.hpp"
#include "config/file.hpp"
#include "config/meter_preset.hpp"
#include "config/read_document.hpp"
#include "config/restart.hpp"
#include "config/table/meter.hpp"

namespace busbar::config {

namespace {

/// Room for tens of thousands of tags.
constexpr std::size_t max_config_size = std::size_t{16} << 20;
constexpr std::size_t max_password_file_size = 4096;

constexpr std::array<std::uint32_t, 30> rates{50,      75,      110,     134,     150,     200,    300,     600,
                                              1200,    1800,    2400,    4800,    9600,    19200,  38400,   57600,
                                              115200,  230400,  460800,  500000,  576000,  921600, 1000000, 1152000,
                                              1500000, 2000000, 2500000, 3000000, 3500000, 4000000};

void load_password(MeterDevice& device, const std::string& path, Findings& findings) {
    if (device.password_file.empty()) return;
    const auto file = read_file(device.password_file, max_password_file_size);
    if (!file) return findings.fault(path, file.error().what);
    std::string password = file->substr(0, file->find_first_of("\r\n"));
    if (password.empty() || !meter_password.fits(password))
        return findings.fault(
            path, fmt::format("the first line of {} must be {}", device.password_file, meter_password.must_be));
    device.password = std::move(password);
}

}  // namespace

std::span<const std::uint32_t> baud_rates() { return rates; }

bool is_energy(MeterVariable variable) { return variable <= MeterVariable::energy_reactive_q4; }

std::uint32_t MeterDevice::password_number() const {
    std::uint32_t number = 0;
    std::from_chars(password.data(), password.data() + password.size(), number);
    return number;
}

Reading<MeterConfig> read_meter_config(std::string_view text, const MeterConfig& base) {
    return read_document(text, max_config_size, base, fill_in_presets);
}

void load_passwords(MeterConfig& config, Findings& findings) {
    for (std::size_t line = 0; line < config.channels.size(); ++line)
        for (std::size_t at = 0; at < config.channels[line].devices.size(); ++at)
            load_password(config.channels[line].devices[at],
                          fmt::format("channels[{}].devices[{}].password_file", line, at), findings);
}

bool restart_needed(const MeterChannel& running, const MeterChannel& wanted) {
    return differs_where_it_restarts(running, wanted);
}

}  // namespace busbar::config
