#include "manage/actions/points.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <boost/json.hpp>
#include <utility>

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

std::int64_t note(Database& database, const Author& author, const PointsRevision& about,
                  const std::optional<std::string>& before, const std::optional<std::string>& after,
                  std::size_t count) {
    const auto revision = add_revision(database, {0, author.now, author.actor.name, "points", about.object,
                                                  about.action, before, after, about.comment});
    add_audit(database, {0, author.now, author.actor.name, author.actor.address, "points " + about.action, about.object,
                         std::nullopt, json::serialize(json::object{{"revision", revision}, {"points", count}})});
    return revision;
}

/// Within a transaction.
std::int64_t write_changes(Database& database, const Author& author, const std::vector<PointChange>& changes,
                           const PointsRevision& about) {
    for (const PointChange& change : changes) {
        if (change.after) {
            save_point(database, *change.after);
        } else {
            remove_point(database, change.before->id);
        }
    }
    return note(database, author, about, to_text(changes, &PointChange::before), to_text(changes, &PointChange::after),
                changes.size());
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
    Change transaction(installation.database);
    const auto present = find_point(installation.database, wanted.address);
    if (auto good = check_version(present, wanted.address, expected_version); !good)
        return tl::make_unexpected(good.error());
    wanted.id = present ? present->id : 0;
    if (present == wanted) return wanted;
    write_changes(installation.database, {actor, installation.loop.utc_now()}, {{present, wanted}},
                  {name_of(wanted.address), present ? "changed" : "created", comment});
    transaction.commit();
    installation.live.names.changed(wanted.address);
    return *find_point(installation.database, wanted.address);
}

Outcome<void> remove_point(Installation& installation, const Actor& actor, PointAddress address,
                           std::string_view expected_version) {
    Change transaction(installation.database);
    const auto present = find_point(installation.database, address);
    if (!present) return refuse(Problem::Kind::not_found, "no_such_point", "nothing is known of " + name_of(address));
    if (auto good = check_version(present, address, expected_version); !good) return good;
    write_changes(installation.database, {actor, installation.loop.utc_now()}, {{present, std::nullopt}},
                  {name_of(address), "removed", ""});
    transaction.commit();
    installation.live.names.changed(address);
    return {};
}

Outcome<std::int64_t> save_many_points(Database& database, const Author& author,
                                       const std::vector<PointChange>& changes, const PointsRevision& about,
                                       const std::function<void()>& alone,
                                       const std::function<bool(Database&)>& still) {
    PointChanges beside(database);
    for (const PointChange& change : changes) {
        if (change.after) {
            beside.save(*change.after);
        } else {
            beside.remove(change.before->id);
        }
    }
    beside.close();
    const auto before = to_text(changes, &PointChange::before), after = to_text(changes, &PointChange::after);
    alone();
    Change transaction(database);
    if (!still(database))
        return refuse(Problem::Kind::conflict, "changed_meanwhile", "points were changed meanwhile; import again");
    beside.apply();
    const auto revision = note(database, author, about, before, after, changes.size());
    transaction.commit();
    return revision;
}

}  // namespace busbar::manage
