#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"

namespace busbar::manage {

/// Notes who did what to what; `before` and `after` are JSON. Within the transaction that does it.
void add_audit(Installation& installation, const Actor& actor, std::string_view action, std::string_view object,
               std::optional<std::string> before = {}, std::optional<std::string> after = {});

}  // namespace busbar::manage
