#include "manage/actions/import_profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "manage/actions/audit.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::int64_t max_profiles = 100;
constexpr std::size_t max_name = 64;

std::optional<std::string> find(Database& database, std::string_view name) {
    SQLite::Statement row(database.handle(), "SELECT settings FROM import_profile WHERE name = ?");
    row.bind(1, std::string(name));
    if (!row.executeStep()) return std::nullopt;
    return row.getColumn(0).getString();
}

tl::unexpected<Problem> no_such_profile(std::string_view name) {
    return refuse(Problem::Kind::not_found, "no_such_profile", fmt::format("there is no import profile {}", name));
}

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= max_name && std::none_of(name.begin(), name.end(), [](char each) {
        return static_cast<unsigned char>(each) < 0x20 || each == '/' || each == 0x7f;
    });
}

}  // namespace

json::array list_import_profiles(Installation& installation) {
    SQLite::Statement rows(installation.database.handle(), "SELECT name, settings FROM import_profile ORDER BY name");
    json::array profiles;
    while (rows.executeStep())
        profiles.push_back(
            {{"name", rows.getColumn(0).getString()}, {"settings", json::parse(rows.getColumn(1).getString())}});
    return profiles;
}

Outcome<json::object> find_import_profile(Installation& installation, std::string_view name) {
    const auto settings = find(installation.database, name);
    if (!settings) return no_such_profile(name);
    return json::parse(*settings).as_object();
}

Outcome<void> put_import_profile(Installation& installation, const Actor& actor, std::string_view name,
                                 const json::object& settings) {
    if (!is_name(name))
        return refuse(Problem::Kind::invalid, "invalid_name",
                      fmt::format("a profile's name has 1 to {} octets, no slash and no control characters", max_name));
    Change transaction(installation.database);
    const auto before = find(installation.database, name);
    const auto count = installation.database.handle().execAndGet("SELECT count(*) FROM import_profile").getInt64();
    if (!before && count >= max_profiles)
        return refuse(Problem::Kind::conflict, "too_many_profiles",
                      fmt::format("an installation has {} import profiles at most", max_profiles));
    const std::string after = json::serialize(settings);
    SQLite::Statement save(installation.database.handle(),
                           "INSERT INTO import_profile (name, settings) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET "
                           "settings = excluded.settings");
    save.bind(1, std::string(name));
    save.bind(2, after);
    save.exec();
    add_audit(installation, actor, "import profile saved", name, before, after);
    transaction.commit();
    return {};
}

Outcome<void> remove_import_profile(Installation& installation, const Actor& actor, std::string_view name) {
    Change transaction(installation.database);
    const auto before = find(installation.database, name);
    if (!before) return no_such_profile(name);
    SQLite::Statement remove(installation.database.handle(), "DELETE FROM import_profile WHERE name = ?");
    remove.bind(1, std::string(name));
    remove.exec();
    add_audit(installation, actor, "import profile removed", name, before);
    transaction.commit();
    return {};
}

}  // namespace busbar::manage
