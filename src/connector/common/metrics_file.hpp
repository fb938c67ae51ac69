#pragma once

#include <functional>
#include <string>

#include "connector/common/metrics.hpp"
#include "net/timer.hpp"

namespace busbar::connector {

/// Keeps a connector's metrics in a file: whole at every moment (written beside it, then renamed), every 2 s and at
/// once when asked. It does not need the store, so that a state can be seen while the store is away.
class MetricsFile {
public:
    static constexpr Duration write_every = std::chrono::seconds{2};

    struct Owner {
        std::function<std::string()> text;
        /// The file cannot be written: told once, and again after it could be written in between.
        std::function<void(const std::string& file, const std::string& reason)> on_failed;
    };

    MetricsFile(net::EventLoop& loop, Owner owner);

    /// Empty: none is kept. The file of before stays as it is.
    void use(std::string file);
    void write();

private:
    Owner owner_;
    std::string file_;
    bool failed_ = false;
    net::Timer timer_;
};

}  // namespace busbar::connector
