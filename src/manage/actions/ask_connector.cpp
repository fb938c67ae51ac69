#include "manage/actions/ask_connector.hpp"

#include <utility>

#include "manage/actions/audit.hpp"
#include "manage/actions/connectors.hpp"

namespace busbar::manage {

void ask_connector(Installation& installation, const Actor& actor, const std::string& id, const std::string& action,
                   const std::string& data, std::function<void(Outcome<std::string>)> done) {
    if (const auto found = find_head(installation, id); !found) return done(tl::make_unexpected(found.error()));
    add_audit(installation, actor, "asked: " + action.substr(0, 64), id, std::nullopt,
              data.empty() ? std::nullopt : std::optional(data));
    installation.calls.ask(id, action, data, [done = std::move(done)](const Result<std::string>& answer) {
        if (!answer) return done(refuse(Problem::Kind::unavailable, "no_answer", answer.error().what));
        done(*answer);
    });
}

}  // namespace busbar::manage
