#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace busbar::connector {

/// The `data` of an entry of `connectors:{ID}:requests`: a JSON object, or empty. Errors name the member.
class RequestData {
public:
    static Result<RequestData> parse(std::string_view data);

    /// `otherwise` if it is absent; -1 there: it is needed.
    Result<std::int64_t> number(std::string_view member, std::int64_t low, std::int64_t high,
                                std::int64_t otherwise) const;
    bool has(std::string_view member) const { return object_.contains(member); }
    bool flag(std::string_view member, bool otherwise) const;
    std::string text(std::string_view member) const;

private:
    boost::json::object object_;
};

}  // namespace busbar::connector
