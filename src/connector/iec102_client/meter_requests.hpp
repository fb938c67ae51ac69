#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "iec102/meter/device.hpp"

namespace busbar::connector {

/// What was asked of meters by `connectors:{ID}:requests` and is not answered yet.
class MeterRequests {
public:
    using Reply = std::function<void(const Result<std::string>& data)>;
    using Ask = std::function<std::optional<std::string>(std::string_view device, iec102::Request request)>;

    static bool does(std::string_view action);
    /// `data`: {"device":"COM1/meter-1"}, and for curves and events what the README of the guide says.
    void begin(std::string_view action, std::string_view data, const Ask& ask, Reply reply);
    void take(const iec102::RequestAnswer& answer);
    void take(const iec102::RequestFinished& finished);

private:
    struct Open {
        Reply reply;
        std::string asdus;  // JSON, commas between
        std::size_t count = 0;
    };
    std::map<std::uint64_t, Open> open_;
    std::uint64_t next_ = 1;
};

}  // namespace busbar::connector
