#include "manage/actions/points.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <boost/json.hpp>
#include <map>
#include <utility>

#include "manage/actions/audit.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/point_check.hpp"
#include "manage/actions/point_json.hpp"
#include "manage/live/live.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

std::string name_of(PointAddress address) { return fmt::format("{}/{}", address.casdu, address.ioa); }

Outcome<void> check_version(const std::optional<PointRow>& present, PointAddress address, std::string_view expected) {
    if (expected.empty() || (present && version_of(*present) == expected)) return {};
    return refuse(Problem::Kind::changed_meanwhile, "changed_meanwhile",
                  fmt::format("{} is {}", name_of(address),
                              present ? "now at version " + version_of(*present) : "not there any more"));
}

/// The rows of one side of a change, for a revision.
std::optional<std::string> to_text(const std::vector<PointChange>& changes,
                                   std::optional<PointRow> PointChange::*side) {
    std::string text = "[";
    for (const PointChange& change : changes) {
        if (!(change.*side)) continue;
        if (text.size() > 1) text += ',';
        text += json::serialize(to_json(*(change.*side)));
    }
    return text.size() == 1 ? std::nullopt : std::optional(text + "]");
}

std::map<PointAddress, PointRow> rows_of(const std::optional<std::string>& text) {
    std::map<PointAddress, PointRow> rows;
    if (!text) return rows;
    const json::value given = json::parse(*text);
    for (const json::value& each : given.as_array()) {
        PointRow row = point_of_json(each.as_object());
        rows[row.address] = std::move(row);
    }
    return rows;
}

bool same(const PointRow& one, PointRow other) {
    other.id = one.id;
    return one == other;
}

/// What brings the point at `address` to `wanted`; nothing: it is so already.
std::optional<PointChange> change_to(Database& database, PointAddress address, std::optional<PointRow> wanted) {
    auto present = find_point(database, address);
    if (!present && !wanted) return std::nullopt;
    if (present && wanted) {
        if (same(*present, *wanted)) return std::nullopt;
        wanted->id = present->id;
    }
    return PointChange{std::move(present), std::move(wanted)};
}

}  // namespace

std::string version_of(const PointRow& row) {
    const std::string text = json::serialize(to_json(row));
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       nullptr, 0);
    return fmt::format("{:02x}", fmt::join(hash, ""));
}

Outcome<PointRow> put_point(Installation& installation, const Actor& actor, PointRow wanted,
                            std::string_view expected_version, const std::string& comment) {
    if (auto faults = settle(wanted); !faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_point", name_of(wanted.address) + " makes no sense",
                      std::move(faults));
    const auto present = find_point(installation.database, wanted.address);
    if (auto good = check_version(present, wanted.address, expected_version); !good)
        return tl::make_unexpected(good.error());
    wanted.id = present ? present->id : 0;
    if (present == wanted) return wanted;
    change_points(installation, actor, {{present, wanted}},
                  {name_of(wanted.address), present ? "changed" : "created", comment});
    return *find_point(installation.database, wanted.address);
}

Outcome<void> remove_point(Installation& installation, const Actor& actor, PointAddress address,
                           std::string_view expected_version) {
    const auto present = find_point(installation.database, address);
    if (!present) return refuse(Problem::Kind::not_found, "no_such_point", "nothing is known of " + name_of(address));
    if (auto good = check_version(present, address, expected_version); !good) return good;
    change_points(installation, actor, {{present, std::nullopt}}, {name_of(address), "removed", ""});
    return {};
}

std::int64_t change_points(Installation& installation, const Actor& actor, const std::vector<PointChange>& changes,
                           const PointsRevision& about) {
    SQLite::Transaction transaction(installation.database.handle());
    for (const PointChange& change : changes) {
        if (change.after) {
            save_point(installation.database, *change.after);
        } else {
            remove_point(installation.database, change.before->id);
        }
    }
    const auto revision =
        add_revision(installation.database,
                     {0, installation.loop.utc_now(), actor.name, "points", about.object, about.action,
                      to_text(changes, &PointChange::before), to_text(changes, &PointChange::after), about.comment});
    add_audit(installation, actor, "points " + about.action, about.object, std::nullopt,
              json::serialize(json::object{{"revision", revision}, {"points", changes.size()}}));
    transaction.commit();
    installation.live.names.changed();
    return revision;
}

Outcome<void> restore_points(Installation& installation, const Actor& actor, const Revision& revision, bool before) {
    auto wanted = rows_of(before ? revision.before : revision.after);
    auto touched = rows_of(before ? revision.after : revision.before);
    std::vector<PointChange> changes;
    for (auto& [address, row] : wanted) {
        touched.erase(address);
        if (auto change = change_to(installation.database, address, std::move(row))) changes.push_back(*change);
    }
    for (const auto& [address, ignored] : touched) {
        if (auto change = change_to(installation.database, address, std::nullopt)) changes.push_back(*change);
    }
    if (!changes.empty())
        change_points(
            installation, actor, changes,
            {revision.object, "restored", fmt::format("as {} change {}", before ? "before" : "after", revision.id)});
    return {};
}

}  // namespace busbar::manage
