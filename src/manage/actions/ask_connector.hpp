#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

/// Asks a running connector (reconnect, interrogate …); `done` gets its answer, JSON.
void ask_connector(Installation& installation, const Actor& actor, const std::string& id, const std::string& action,
                   const std::string& data, std::function<void(Outcome<std::string>)> done);

}  // namespace busbar::manage
