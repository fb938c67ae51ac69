#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/area_rows.hpp"
#include "manage/database/user_rows.hpp"

namespace busbar::manage {

/// What of a user is to change; absent: stays. A new password ends the user's sessions.
struct UserChange {
    std::optional<Role> role;
    std::optional<bool> enabled;
    std::optional<std::string> password;
    std::optional<std::vector<UserArea>> areas;
};
using TakeUser = std::function<void(Outcome<UserRow>)>;

void create_user(Installation& installation, const Actor& actor, std::string name, Role role, std::string password,
                 std::vector<UserArea> areas, TakeUser done);
/// There is always an admin who can log in: what would leave none is refused.
void change_user(Installation& installation, const Actor& actor, std::string name, UserChange change, TakeUser done);
Outcome<void> remove_user(Installation& installation, const Actor& actor, std::string_view name);
/// One's own, by whoever knows the present one; wrong ones count as those of logins do.
void change_password(Installation& installation, const Actor& actor, std::string present, std::string wanted,
                     TakeUser done);

inline constexpr std::size_t max_users = 1000, max_tokens = 1000;
inline constexpr std::chrono::hours longest_token_life{24 * 366};

struct NewToken {
    std::int64_t id = 0;
    std::string secret;  // shown once
};
/// For the actor himself, with `role` at most what he may somewhere; in areas, too, it is the most.
Outcome<NewToken> create_token(Installation& installation, const Actor& actor, const std::string& name, Role role,
                               UtcTime expires);
Outcome<void> remove_token(Installation& installation, const Actor& actor, std::int64_t id);
/// Who a program with this token is; nothing: nobody, or nobody any more.
std::optional<Actor> find_token_holder(Installation& installation, std::string_view secret);

}  // namespace busbar::manage
