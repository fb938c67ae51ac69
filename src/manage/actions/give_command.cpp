#include "manage/actions/give_command.hpp"

#include <fmt/format.h>

#include "connector/common/wanted_point.hpp"
#include "manage/actions/audit.hpp"
#include "manage/live/live.hpp"

namespace busbar::manage {

namespace {

using Mode = CommandWish::Mode;
using Order = connector::CommandGiver::Order;

Outcome<std::string> check_point(const CommandWish& wish, UtcTime now) {
    const bool selects = wish.mode == Mode::select || wish.mode == Mode::select_and_execute;
    auto point = connector::command_point_of({wish.address, wish.type, wish.value, selects, wish.mode == Mode::cancel,
                                              wish.qualifier, std::string(CommandDesk::name)},
                                             now);
    if (point) return *point;
    const std::string& what = point.error().what;
    const auto colon = what.find(": ");
    const bool named = colon != std::string::npos;
    return refuse(Problem::Kind::invalid, "invalid_command", "no line could carry this command",
                  {{named ? what.substr(0, colon) : "", named ? what.substr(colon + 2) : what}});
}

/// A selection by itself is bound to the user, so that a later request can execute or cancel it; anything else to the
/// command alone.
std::string session_of(const CommandWish& wish, const Actor& actor, const std::string& id) {
    const bool alone = wish.mode == Mode::direct || wish.mode == Mode::select_and_execute;
    return alone ? id : "user:" + actor.name;
}

Order order_of(const CommandWish& wish, const Actor& actor, const std::string& id, std::string point) {
    Order order;
    order.address = wish.address;
    order.point = std::move(point);
    order.select = wish.mode == Mode::select || wish.mode == Mode::select_and_execute;
    order.cancel = wish.mode == Mode::cancel;
    order.qualifier = wish.qualifier;
    order.peer = actor.name;
    order.session = session_of(wish, actor, id);
    order.max_age = wish.max_age;
    return order;
}

Outcome<void> check_room(Installation& installation) {
    const auto& desk = installation.live.commands;
    if (const auto trouble = desk.trouble(); !trouble.empty())
        return refuse(Problem::Kind::unavailable, "store_away", trouble);
    if (!desk.has_room() || count_commands(installation.database) >= max_commands_kept)
        return refuse(Problem::Kind::too_many, "too_many_commands", "too many commands are under way");
    return {};
}

/// Noted before it is given: after a crash in between it counts as given, and is not given again.
void note(Installation& installation, const Actor& actor, const CommandWish& wish, const CommandRow& row) {
    Change transaction(installation.database);
    save_command(installation.database, row);
    const LivePoint* now = installation.live.points.table().find(wish.address);
    add_audit(installation, actor, "command given", fmt::format("{}/{}", wish.address.casdu, wish.address.ioa),
              now != nullptr ? std::optional(now->json) : std::nullopt, row.wanted);
    transaction.commit();
}

}  // namespace

Outcome<CommandRow> give_command(Installation& installation, const Actor& actor, const CommandWish& wish,
                                 const std::string& wanted, const std::optional<std::string>& key) {
    const UtcTime now = installation.loop.utc_now();
    forget_commands(installation.database, now - commands_kept_for);
    if (key) {
        if (auto known = find_command(installation.database, actor.name, *key)) {
            if (known->wanted == wanted) return installation.live.commands.find(known->id).value_or(*known);
            return refuse(Problem::Kind::conflict, "idempotency_key_reused",
                          "another command was given with this Idempotency-Key");
        }
    }
    auto point = check_point(wish, now);
    if (!point) return tl::make_unexpected(point.error());
    if (const auto room = check_room(installation); !room) return tl::make_unexpected(room.error());
    auto& desk = installation.live.commands;
    const CommandRow row{desk.make_id(), now, actor.name, key, wanted, "[]", false};
    note(installation, actor, wish, row);
    desk.give(row, order_of(wish, actor, row.id, std::move(*point)), wish.mode == Mode::select_and_execute);
    return row;
}

Outcome<CommandRow> get_command(Installation& installation, std::string_view id) {
    if (auto row = installation.live.commands.find(id)) return *row;
    return refuse(Problem::Kind::not_found, "no_such_command", fmt::format("no command {} was given here", id));
}

std::vector<CommandRow> list_commands(Installation& installation, const CommandFilter& filter, std::int64_t limit) {
    auto rows = find_commands(installation.database, filter, limit);
    // The database may not know the last of it yet.
    for (CommandRow& row : rows) row = installation.live.commands.find(row.id).value_or(row);
    return rows;
}

}  // namespace busbar::manage
