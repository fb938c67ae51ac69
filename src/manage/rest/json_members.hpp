#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace busbar::manage {

/// A text that the body's schema demands.
inline std::string text(const boost::json::value& body, std::string_view member) {
    return std::string(body.as_object().at(member).as_string());
}

/// "2026-11-21T09:00:00.123Z"
inline std::string iso(UtcTime time) {
    std::array<char, iso8601_size> text{};
    return {text.data(), write_iso8601(text.data(), time)};
}

/// What a connector has answered: JSON, else its text.
inline boost::json::object answer_json(std::string_view text) {
    boost::json::error_code error;
    auto value = boost::json::parse(text, error);
    return {{"answer", error ? boost::json::value(text) : std::move(value)}};
}

}  // namespace busbar::manage
