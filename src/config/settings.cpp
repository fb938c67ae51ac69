#include "config/settings.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>

#include "config/check.hpp"
#include "config/level.hpp"
#include "config/meter_preset.hpp"
#include "config/reader.hpp"
#include "config/table/settings.hpp"

namespace busbar::config {

namespace {

/// Reads the levels from weak to strong over the defaults, then checks what they make together.
template <class Start, class Finish>
Reading<Start> read_start(Document document, const StartInput& input, const Finish& finish) {
    Reading<Start> reading;
    Origins origins;
    const auto take = [&](const Findings& findings, const Findings::Where& where) {
        for (std::string& text : findings.faults(where)) reading.faults.push_back(std::move(text));
        for (std::string& text : findings.warnings(where)) reading.warnings.push_back(std::move(text));
    };
    for (Level& level : levels(document, input, reading.faults)) {
        Findings findings;
        prepare_store_options(level, findings);
        if (document == Document::iec102_client_start) fill_in_presets(level.values);
        Reader(findings).read(level.values, reading.value);
        take(findings, [&](const std::string& path) { return place(level.origins, path); });
        for (const auto& [path, origin] : level.origins) origins[path] = origin;
    }
    Findings findings;
    finish(reading.value, origins, findings);
    take(findings, [&](const std::string& path) { return place_or_flag(document, origins, path); });
    return reading;
}

std::string host_name() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
    return name.data();
}

void load_passwords(const ServerConfig&, Findings&) {}
void load_passwords(const ClientConfig&, Findings&) {}

template <class Config>
Reading<Settings<Config>> read_settings(Document document, const StartInput& input) {
    auto reading = read_start<Settings<Config>>(
        document, input, [&](Settings<Config>& settings, const Origins& origins, Findings& findings) {
            check(settings.store, findings);
            check(settings.config, findings);
            if (!input.to_run) return;
            if (settings.id.empty() && !origins.contains("id")) findings.fault("id", "must be given");
            if (settings.instance.empty()) settings.instance = host_name();
            read_password_file(settings.store, findings);
            load_passwords(settings.config, findings);
        });
    reading.value.reload = [document, input] { return read_settings<Config>(document, input); };
    return reading;
}

}  // namespace

const char* environment_of_process(const std::string& name) { return std::getenv(name.c_str()); }

Reading<ServerSettings> read_server_settings(const StartInput& input) {
    return read_settings<ServerConfig>(Document::iec104_server_start, input);
}

Reading<ClientSettings> read_client_settings(const StartInput& input) {
    return read_settings<ClientConfig>(Document::iec104_client_start, input);
}

Reading<MeterSettings> read_meter_settings(const StartInput& input) {
    return read_settings<MeterConfig>(Document::iec102_client_start, input);
}

Reading<StoreSettings> read_store_settings(const StartInput& input) {
    return read_start<StoreSettings>(Document::store_start, input,
                                     [](StoreSettings& settings, const Origins&, Findings& findings) {
                                         check(settings.store, findings);
                                         read_password_file(settings.store, findings);
                                     });
}

}  // namespace busbar::config
