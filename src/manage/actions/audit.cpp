#include "manage/actions/audit.hpp"

#include <utility>

#include "manage/database/journal.hpp"

namespace busbar::manage {

void add_audit(Installation& installation, const Actor& actor, std::string_view action, std::string_view object,
               std::optional<std::string> before, std::optional<std::string> after) {
    add_audit(installation.database, {0, installation.loop.utc_now(), actor.name, actor.address, std::string(action),
                                      std::string(object), std::move(before), std::move(after)});
}

}  // namespace busbar::manage
