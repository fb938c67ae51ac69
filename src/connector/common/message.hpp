#pragma once

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace busbar::connector {

/// One entry of the message catalogue (messages.hpp): what the operator reads, and what to do about it.
struct Message {
    std::string_view name;  // stands in every log line; stable across versions
    spdlog::level::level_enum level;
    std::string_view sentence;  // {fmt} text
    std::string_view advice;    // for the manual; empty where the sentence says it all
};

/// Sets up the one logger of the process: a line each on standard error,
/// "2026-11-21T09:00:00.123Z warning [srv1] line_lost: …". Returns false for an unknown level name.
bool start_logging(std::string_view id, std::string_view level);
bool set_log_level(std::string_view level);

/// Called with every line that is logged, besides standard error: "connectors:{ID}:log". Null: nobody.
void set_log_listener(std::function<void(std::string_view line)> listener);

void log_text(const Message& message, std::string_view text);

/// Who handles an error logs it, once.
template <class... Arguments>
void log(const Message& message, Arguments&&... arguments) {
    if (!spdlog::should_log(message.level)) return;
    log_text(message, fmt::format(fmt::runtime(message.sentence), std::forward<Arguments>(arguments)...));
}

}  // namespace busbar::connector
