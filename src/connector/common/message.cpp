#include "connector/common/message.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace busbar::connector {

namespace {

std::function<void(std::string_view)>& listener() {
    static std::function<void(std::string_view)> instance;
    return instance;
}

/// Hands the formatted line to the listener.
class ListenerSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (!listener()) return;
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        listener()(std::string_view(line.data(), line.size() ? line.size() - 1 : 0));
    }
    void flush_() override {}
};

}  // namespace

bool set_log_level(std::string_view level) {
    const auto parsed = spdlog::level::from_str(std::string(level));
    if (parsed == spdlog::level::off && level != "off") return false;
    spdlog::set_level(parsed);
    return true;
}

bool start_logging(std::string_view id, std::string_view level) {
    auto logger = std::make_shared<spdlog::logger>(
        std::string(id),
        spdlog::sinks_init_list{std::make_shared<spdlog::sinks::stderr_sink_st>(), std::make_shared<ListenerSink>()});
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l [%n] %v", spdlog::pattern_time_type::utc);
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
    return set_log_level(level);
}

void set_log_listener(std::function<void(std::string_view)> new_listener) { listener() = std::move(new_listener); }

void log_text(const Message& message, std::string_view text) {
    spdlog::log(message.level, "{}: {}", message.name, text);
}

}  // namespace busbar::connector
