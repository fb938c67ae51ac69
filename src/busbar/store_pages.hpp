#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/store.hpp"
#include "point/point.hpp"
#include "store/keys.hpp"

namespace busbar::program {

// The pages below `busbar store`; each returns the exit code.

struct GetOptions {
    store::ImageAddress address;
    bool json = false;
};
int store_get(const config::StoreOptions& store, const GetOptions& options);

struct ListOptions {
    std::optional<std::uint16_t> casdu;
    std::size_t limit = 1000;  // 0: none
    bool json = false;
};
int store_list(const config::StoreOptions& store, const ListOptions& options);

struct WatchOptions {
    std::string stream = std::string(store::keys::updates);
    std::vector<std::uint16_t> casdu;  // empty: all; so the others
    std::vector<std::uint32_t> ioa;
    std::vector<unsigned> type;
    std::vector<std::string> source;
    std::size_t count = 0;  // ends after so many; 0: never
    bool json = false;
};
int store_watch(const config::StoreOptions& store, const WatchOptions& options);

struct SetOptions {
    store::ImageAddress address;
    std::uint8_t type = 0;
    std::string value;
    std::vector<std::string> quality;
    std::uint8_t cot = 3;
    std::string time = "now";  // RFC 3339, "now" or "none"
    std::string source = "busbar-store";
};
/// The value of an option as people write it: JSON as it stands; "on" and "off"; anything else is text ("NaN").
Result<boost::json::value> option_value(const std::string& text);
/// The point's JSON as it will lie in the store; the error names the option.
Result<std::string> point_to_set(const SetOptions& options, UtcTime now);
int store_set(const config::StoreOptions& store, const SetOptions& options);

struct CommandOptions {
    store::ImageAddress address;
    std::uint8_t type = 0;  // 45-51, 58-64, 110-113
    std::string value;
    bool select = false;  // and execute when it is confirmed
    bool cancel = false;
    std::uint8_t qualifier = 0;
    double max_age = 5, wait = 10;  // seconds
    std::string stream = std::string(store::keys::commands);
    bool json = false;
};
/// The command's point as JSON; the error names the option.
Result<std::string> command_to_give(const CommandOptions& options, UtcTime now);
/// exit_failed if it was refused, or nobody knows.
int store_command(const config::StoreOptions& store, const CommandOptions& options);

struct HealthOptions {
    bool json = false;
};
/// exit_failed if a connector is lost or in trouble.
int store_health(const config::StoreOptions& store, const HealthOptions& options);

}  // namespace busbar::program
