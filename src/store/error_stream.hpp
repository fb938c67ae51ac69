#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/timer.hpp"
#include "store/error_throttle.hpp"
#include "store/keys.hpp"
#include "store/store.hpp"

namespace busbar::store {

/// The error stream: what could not be used, and gaps. Bounded (about 10,000 entries), and repeated reasons are merged
/// (ErrorThrottle). While the store is away the last 64 reports wait.
class ErrorStream : StorePart {
public:
    static constexpr std::size_t entries_kept = 10'000;
    static constexpr std::size_t max_waiting = 64;
    static constexpr std::size_t max_data = 4096;  // octets of a report's data; the rest is cut off

    ErrorStream(Store& store, std::string_view source, std::string_view stream = keys::errors);

    /// `reason`: words that do not vary from case to case; `data`: the case.
    void report(std::string_view reason, std::string_view data);
    void use_stream(std::string_view stream);

private:
    void connected() override;
    void schedule();
    void write_due();
    void write(ErrorReport report);
    void keep(ErrorReport report);

    std::string source_, head_;
    ErrorThrottle throttle_;
    std::vector<ErrorReport> waiting_;
    net::Timer timer_;
};

}  // namespace busbar::store
