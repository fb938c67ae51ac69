#include "manage/database/journal.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <sqlite3.h>

#include <algorithm>
#include <limits>

#include "manage/database/columns.hpp"

namespace busbar::manage {

namespace {

using Hash = std::array<unsigned char, 32>;

void bind(SQLite::Statement& statement, int index, const std::optional<std::string>& text) {
    if (text) statement.bind(index, *text);
}

std::optional<std::string> optional_text(const SQLite::Column& column) {
    if (column.isNull()) return std::nullopt;
    return column.getString();
}

Revision read_revision(const SQLite::Statement& row) {
    return {row.getColumn(0).getInt64(),     from_ms(row.getColumn(1).getInt64()), row.getColumn(2).getString(),
            row.getColumn(3).getString(),    row.getColumn(4).getString(),         row.getColumn(5).getString(),
            optional_text(row.getColumn(6)), optional_text(row.getColumn(7)),      row.getColumn(8).getString()};
}

AuditEntry read_audit(const SQLite::Statement& row) {
    return {row.getColumn(0).getInt64(),     from_ms(row.getColumn(1).getInt64()), row.getColumn(2).getString(),
            row.getColumn(3).getString(),    row.getColumn(4).getString(),         row.getColumn(5).getString(),
            optional_text(row.getColumn(6)), optional_text(row.getColumn(7))};
}

/// Each text with its length before it, so that no two entries have the same octets.
void take(crypto_generichash_state& state, std::string_view text) {
    const std::uint64_t size = text.size();
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

Hash hash_of(const Hash& previous, const AuditEntry& entry) {
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, sizeof(Hash));
    crypto_generichash_update(&state, previous.data(), previous.size());
    take(state, std::to_string(to_ms(entry.at)));
    for (const std::string* text : {&entry.who, &entry.address, &entry.action, &entry.object}) take(state, *text);
    for (const auto* text : {&entry.before, &entry.after}) take(state, *text ? "1" + **text : "0");
    Hash hash;
    crypto_generichash_final(&state, hash.data(), hash.size());
    return hash;
}

Hash read_hash(const SQLite::Column& column) {
    Hash hash{};
    const auto* octets = static_cast<const unsigned char*>(column.getBlob());
    std::copy_n(octets, std::min<std::size_t>(hash.size(), static_cast<std::size_t>(column.getBytes())), hash.begin());
    return hash;
}

}  // namespace

std::int64_t add_revision(Database& database, const Revision& revision) {
    SQLite::Statement add(database.handle(),
                          "INSERT INTO revision (at, author, kind, object, action, before, after, comment) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    add.bind(1, to_ms(revision.at));
    add.bind(2, revision.author);
    add.bind(3, revision.kind);
    add.bind(4, revision.object);
    add.bind(5, revision.action);
    bind(add, 6, revision.before);
    bind(add, 7, revision.after);
    add.bind(8, revision.comment);
    add.exec();
    return database.handle().getLastInsertRowid();
}

namespace {
constexpr const char* revision_columns =
    "SELECT id, at, author, kind, object, action, before, after, comment FROM revision ";
// Those of points and mappings may have tens of megabytes each: a list goes without, and not even past them.
constexpr const char* listed_columns =
    "SELECT id, at, author, kind, object, action, NULL, NULL, comment FROM revision INDEXED BY revision_list ";
}  // namespace

std::optional<Revision> find_revision(Database& database, std::int64_t id) {
    SQLite::Statement row(database.handle(), std::string(revision_columns) + "WHERE id = ?");
    row.bind(1, id);
    if (!row.executeStep()) return std::nullopt;
    return read_revision(row);
}

std::optional<std::string> kind_of_revision(Database& database, std::int64_t revision) {
    SQLite::Statement row(database.handle(), "SELECT kind FROM revision WHERE id = ?");
    row.bind(1, revision);
    if (!row.executeStep()) return std::nullopt;
    return row.getColumn(0).getString();
}

std::int64_t last_revision(Database& database, std::string_view kind) {
    SQLite::Statement row(database.handle(),
                          "SELECT id FROM revision INDEXED BY revision_list WHERE kind = ? ORDER BY id DESC LIMIT 1");
    row.bind(1, std::string(kind));
    return row.executeStep() ? row.getColumn(0).getInt64() : 0;
}

std::vector<Revision> revisions(Database& database, std::string_view kind, std::string_view object, std::int64_t before,
                                int limit) {
    SQLite::Statement rows(database.handle(),
                           std::string(kind == "config" ? revision_columns : listed_columns) +
                               "WHERE kind = ?1 AND (?2 = '' OR object = ?2) AND id < ?3 ORDER BY id DESC LIMIT ?4");
    rows.bind(1, std::string(kind));
    rows.bind(2, std::string(object));
    rows.bind(3, before == 0 ? std::numeric_limits<std::int64_t>::max() : before);
    rows.bind(4, limit);
    std::vector<Revision> found;
    while (rows.executeStep()) found.push_back(read_revision(rows));
    return found;
}

void add_audit(Database& database, const AuditEntry& entry) {
    // No other entry may come between the last one's hash and this one.
    std::optional<Change> own;
    if (sqlite3_get_autocommit(database.handle().getHandle()) != 0) own.emplace(database);
    Hash previous{};
    SQLite::Statement last(database.handle(), "SELECT hash FROM audit ORDER BY id DESC LIMIT 1");
    if (last.executeStep()) previous = read_hash(last.getColumn(0));
    const Hash hash = hash_of(previous, entry);
    SQLite::Statement add(database.handle(),
                          "INSERT INTO audit (at, who, address, action, object, before, after, hash) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    add.bind(1, to_ms(entry.at));
    add.bind(2, entry.who);
    add.bind(3, entry.address);
    add.bind(4, entry.action);
    add.bind(5, entry.object);
    bind(add, 6, entry.before);
    bind(add, 7, entry.after);
    add.bind(8, hash.data(), static_cast<int>(hash.size()));
    add.exec();
    if (own) own->commit();
}

namespace {

const std::string audit_columns = "SELECT id, at, who, address, action, object, before, after, hash ";
const std::string that_fit =
    "FROM audit WHERE (?1 = 0 OR id < ?1) AND (?2 = '' OR who = ?2) AND (?3 = '' OR action = ?3) AND (?4 = '' OR "
    "object = ?4) "
    "AND (?5 IS NULL OR at >= ?5) AND (?6 IS NULL OR at <= ?6) ";

void bind(SQLite::Statement& rows, const AuditFilter& filter) {
    rows.bind(1, filter.before);
    rows.bind(2, filter.who);
    rows.bind(3, filter.action);
    rows.bind(4, filter.object);
    if (filter.from) rows.bind(5, to_ms(*filter.from));
    if (filter.to) rows.bind(6, to_ms(*filter.to));
}

}  // namespace

std::vector<AuditEntry> audit_entries(Database& database, const AuditFilter& filter, int limit) {
    SQLite::Statement rows(database.handle(), audit_columns + that_fit + "ORDER BY id DESC LIMIT ?7");
    bind(rows, filter);
    rows.bind(7, limit);
    std::vector<AuditEntry> entries;
    while (rows.executeStep()) entries.push_back(read_audit(rows));
    return entries;
}

std::int64_t count_audit_entries(Database& database, const AuditFilter& filter) {
    SQLite::Statement count(database.handle(), "SELECT count(*) " + that_fit);
    bind(count, filter);
    return count.executeStep() ? count.getColumn(0).getInt64() : 0;
}

void for_each_audit_entry(Database& database, const AuditFilter& filter,
                          const std::function<void(const AuditEntry& entry, const std::string& hash)>& take) {
    SQLite::Statement rows(database.handle(), audit_columns + that_fit + "ORDER BY id");
    bind(rows, filter);
    while (rows.executeStep())
        take(read_audit(rows), fmt::format("{:02x}", fmt::join(read_hash(rows.getColumn(8)), "")));
}

std::int64_t first_forged_entry(Database& database) {
    SQLite::Statement rows(database.handle(),
                           "SELECT id, at, who, address, action, object, before, after, hash FROM audit ORDER BY id");
    Hash previous{};
    while (rows.executeStep()) {
        const AuditEntry entry = read_audit(rows);
        const Hash expected = hash_of(previous, entry);
        if (read_hash(rows.getColumn(8)) != expected) return entry.id;
        previous = expected;
    }
    return 0;
}

}  // namespace busbar::manage
