#pragma once

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "manage/live/iso_time.hpp"

namespace busbar::manage {

/// A text that the body's schema demands.
inline std::string text(const boost::json::value& body, std::string_view member) {
    return std::string(body.as_object().at(member).as_string());
}

/// What a connector has answered: JSON, else its text.
inline boost::json::object answer_json(std::string_view text) {
    boost::json::error_code error;
    auto value = boost::json::parse(text, error);
    return {{"answer", error ? boost::json::value(text) : std::move(value)}};
}

}  // namespace busbar::manage
