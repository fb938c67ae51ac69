#include <algorithm>
#include <charconv>
#include <csignal>
#include <iostream>

#include "busbar/point_text.hpp"
#include "busbar/store_pages.hpp"
#include "busbar/subcommand.hpp"
#include "connector/common/life.hpp"
#include "net/event_loop.hpp"
#include "store/stream_tail.hpp"

namespace busbar::program {

namespace {

std::string_view field(store::EntryFields fields, std::string_view name) {
    for (const auto& [key, value] : fields)
        if (key == name) return value;
    return {};
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

template <class Value, class Wanted>
bool is_wanted(const std::vector<Wanted>& wanted, const Value& value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

class Watch {
public:
    Watch(const config::StoreOptions& store, const WatchOptions& options)
        : options_(options),
          text_(options.json),
          tail_(loop_, connector::client_options(store), {options.stream},
                {.entry = [this](std::string_view, store::StreamId id, store::EntryFields fields) { take(id, fields); },
                 .state =
                     [](const std::string& reason) {
                         if (!reason.empty()) std::cerr << "busbar store watch: " << reason << '\n';
                     }}) {}

    int run() {
        loop_.on_signal({SIGINT, SIGTERM}, [this](int) { loop_.stop(); });
        std::cout << text_.heading() << std::flush;
        tail_.start();
        loop_.run();
        return std::cout ? exit_good : exit_failed;
    }

private:
    void take(store::StreamId id, store::EntryFields fields) {
        const auto casdu = number<std::uint16_t>(field(fields, "casdu"));
        const auto ioa = number<std::uint32_t>(field(fields, "ioa"));
        const std::string_view source = field(fields, "source"), data = field(fields, "data");
        if (!casdu || !ioa) return void(std::cerr << to_string(id) << ": an entry without casdu and ioa\n");
        const auto point = point::read_json(data);
        if (!is_wanted(options_.casdu, *casdu) || !is_wanted(options_.ioa, *ioa) ||
            !is_wanted(options_.source, source) || !is_wanted(options_.type, point ? point->type : 0u))
            return;
        std::cout << text_.line({*casdu, *ioa}, data, to_string(id), source) << std::flush;
        const bool enough = options_.count != 0 && ++shown_ >= options_.count;
        if (enough || !std::cout) loop_.stop();  // whoever reads has gone: nothing more to do
    }

    WatchOptions options_;
    PointText text_;
    std::size_t shown_ = 0;
    net::EventLoop loop_;
    store::StreamTail tail_;
};

}  // namespace

int store_watch(const config::StoreOptions& store, const WatchOptions& options) { return Watch(store, options).run(); }

}  // namespace busbar::program
