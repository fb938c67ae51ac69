#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

/// Every line of every meter client: how it is configured, without passwords, and what the connector says of it, of its
/// gateways and of its meters.
boost::json::array meter_channels(Installation& installation);

/// The tags of one meter client, each with the newest value of its point; only those of `device` ("channel/device")
/// unless that is empty.
Outcome<boost::json::array> meter_tags(Installation& installation, std::string_view connector, std::string_view device);

/// Where on a meter client somebody asks for something.
struct MeterPlace {
    std::string connector, channel, device;  // no device: the line itself
};
/// Asks for a meter's values, clock, curves … or has its line do something, see docs/guide/meters.md. `done` gets the
/// connector's answer.
void ask_meter(Installation& installation, const Actor& actor, const MeterPlace& place, const std::string& action,
               boost::json::object data, std::function<void(Outcome<std::string>)> done);

}  // namespace busbar::manage
