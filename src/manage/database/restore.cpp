#include "manage/database/restore.hpp"

#include <SQLiteCpp/Backup.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "manage/database/columns.hpp"
#include "manage/database/connector_rows.hpp"
#include "manage/database/migrations.hpp"

namespace busbar::manage {

namespace {

/// Tables that tell what happened: they go on where the snapshot is of this installation's past.
const std::set<std::string_view> journals{"audit", "revision", "command", "job"};

std::string octets_of(SQLite::Database& memory) {
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, void (*)(void*)> octets(
        sqlite3_serialize(memory.getHandle(), "main", &size, 0), sqlite3_free);
    if (!octets) throw std::runtime_error("no memory for a copy of the database");
    std::string text(reinterpret_cast<const char*>(octets.get()), static_cast<std::size_t>(size));
    if (text.size() > 20) text[18] = text[19] = 1;  // its header: no write-ahead log, which memory cannot have
    return text;
}

/// `octets` as the schema of that name. False: no memory, or no database at all.
bool open_octets(SQLite::Database& database, const char* schema, const std::string& octets) {
    auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(octets.size()));
    if (copy == nullptr) return false;
    std::copy(octets.begin(), octets.end(), copy);
    const auto size = static_cast<sqlite3_int64>(octets.size());
    return sqlite3_deserialize(database.getHandle(), schema, copy, size, size,
                               SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK;
}

/// Every table, index and trigger with the words that made it.
std::vector<std::string> schema_of(SQLite::Database& database) {
    std::vector<std::string> all;
    SQLite::Statement rows(database,
                           "SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_master ORDER BY 1");
    while (rows.executeStep()) all.push_back(rows.getColumn(0).getString());
    return all;
}

/// As the version that it says it is of would have made it: no trigger, no table more.
bool is_like_ours(SQLite::Database& given) {
    SQLite::Database ours(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    migrate(ours, given.execAndGet("PRAGMA user_version").getInt());
    return schema_of(ours) == schema_of(given);
}

/// Looked through, because nothing in it is believed, and brought up to the present schema.
Result<std::string> checked(const std::string& octets) try {
    SQLite::Database given(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    if (!open_octets(given, "main", octets)) return fail("this is no database");
    if (!is_like_ours(given)) return fail("its tables are not those of Busbar");
    if (const auto found = given.execAndGet("PRAGMA integrity_check").getString(); found != "ok")
        return fail("the database is damaged: " + found);
    migrate(given);
    if (SQLite::Statement broken(given, "PRAGMA foreign_key_check"); broken.executeStep())
        return fail("the database is damaged: a reference leads nowhere");
    return octets_of(given);
} catch (const std::exception& error) {
    return fail(std::string("this is no database of Busbar: ") + error.what());
}

std::vector<std::string> texts(SQLite::Database& database, const std::string& query) {
    std::vector<std::string> all;
    SQLite::Statement rows(database, query);
    while (rows.executeStep()) all.push_back(rows.getColumn(0).getString());
    return all;
}

/// With the snapshot attached as `snapshot`.
class Restore {
public:
    Restore(Database& database, const std::string& octets) : database_(database), handle_(database.handle()) {
        handle_.exec("ATTACH ':memory:' AS snapshot");
        if (!open_octets(handle_, "snapshot", octets)) throw std::runtime_error("no memory for the snapshot");
    }
    ~Restore() {
        try {
            handle_.exec("DETACH snapshot");
        } catch (const std::exception&) {
            // The connection is closed soon.
        }
    }
    Restore(const Restore&) = delete;
    Restore& operator=(const Restore&) = delete;

    RestorePlan plan() {
        const auto number = [this](const std::string& query) { return handle_.execAndGet(query).getInt64(); };
        RestorePlan plan;
        plan.same_installation = number(
                                     "SELECT count(*) FROM snapshot.audit AS s JOIN main.audit AS m USING (id, hash) "
                                     "WHERE s.id = (SELECT max(id) FROM snapshot.audit)") != 0;
        plan.connectors_added =
            texts(handle_, "SELECT id FROM snapshot.connector EXCEPT SELECT id FROM main.connector");
        plan.connectors_removed =
            texts(handle_, "SELECT id FROM main.connector EXCEPT SELECT id FROM snapshot.connector");
        plan.connectors_changed = texts(
            handle_,
            "SELECT s.id FROM snapshot.connector AS s JOIN main.connector AS m USING (id) WHERE s.config <> m.config "
            "OR s.mapping IS NOT m.mapping OR s.kind <> m.kind OR s.name <> m.name OR s.stopped <> m.stopped "
            "ORDER BY 1");
        plan.points_before = number("SELECT count(*) FROM main.point");
        plan.points_after = number("SELECT count(*) FROM snapshot.point");
        plan.users_before = texts(handle_, "SELECT name FROM main.user ORDER BY 1");
        plan.users_after = texts(handle_, "SELECT name FROM snapshot.user ORDER BY 1");
        return plan;
    }

    RestorePlan run(AuditEntry note) {
        SQLite::Transaction transaction(handle_, SQLite::TransactionBehavior::IMMEDIATE);
        handle_.exec("PRAGMA defer_foreign_keys = ON");
        const auto plan_now = plan();
        const auto before = all_connectors(database_);
        const bool points_differ = differ("point");
        copy_tables(plan_now.same_installation);
        if (plan_now.same_installation) note_changes(before, points_differ, note);
        // What was here and is no more: its keys in the store are still to be deleted.
        for (const auto& id : plan_now.connectors_removed) insert_removed(id);
        add_audit(database_, note);
        transaction.commit();
        return plan_now;
    }

private:
    bool differ(const std::string& table) {
        const auto any = [&](const char* left, const char* right) {
            return handle_
                       .execAndGet(fmt::format("SELECT EXISTS (SELECT * FROM {}.{} EXCEPT SELECT * FROM {}.{})", left,
                                               table, right, table))
                       .getInt() != 0;
        };
        return any("main", "snapshot") || any("snapshot", "main");
    }

    void copy_tables(bool keep_journals) {
        for (const auto& table : texts(handle_,
                                       "SELECT name FROM main.sqlite_master WHERE type = 'table' AND "
                                       "name NOT LIKE 'sqlite_%'")) {
            if (keep_journals && journals.contains(table)) continue;
            handle_.exec(fmt::format("DELETE FROM main.{}", table));
            if (table != "session") handle_.exec(fmt::format("INSERT INTO main.{0} SELECT * FROM snapshot.{0}", table));
        }
    }

    void insert_removed(const std::string& id) {
        SQLite::Statement insert(handle_, "INSERT OR IGNORE INTO removed_connector (id) VALUES (?)");
        insert.bind(1, id);
        insert.exec();
    }

    /// A revision for everything that is otherwise than it was, so that no number stands for two contents.
    void note_changes(const std::vector<ConnectorRow>& before, bool points_differ, const AuditEntry& note) {
        const auto revise = [&](std::string_view kind, const std::string& object, std::string_view action,
                                std::optional<std::string> old, std::optional<std::string> now) {
            return add_revision(database_, {0, note.at, note.who, std::string(kind), object, std::string(action),
                                            std::move(old), std::move(now), "from a backup"});
        };
        for (ConnectorRow row : all_connectors(database_)) {
            const auto old =
                std::find_if(before.begin(), before.end(), [&](const auto& each) { return each.id == row.id; });
            const bool is_new = old == before.end();
            if (is_new || old->config != row.config)
                row.config_revision = revise("config", row.id, "restored",
                                             is_new ? std::nullopt : std::optional(old->config), row.config);
            else
                row.config_revision = old->config_revision;
            const auto mapping = is_new ? std::nullopt : old->mapping;
            if (mapping != row.mapping) {
                const auto revision =
                    revise("mapping", row.id, row.mapping ? "restored" : "removed", mapping, row.mapping);
                row.mapping_revision = row.mapping ? revision : 0;
            } else if (row.mapping) {
                row.mapping_revision = old->mapping_revision;
            }
            save_connector(database_, row);
        }
        for (const ConnectorRow& row : before) {
            if (!find_connector(database_, row.id)) revise("config", row.id, "removed", row.config, std::nullopt);
        }
        if (points_differ) revise("points", "backup", "restored", std::nullopt, std::nullopt);
    }

    Database& database_;
    SQLite::Database& handle_;
};

}  // namespace

std::string snapshot_of(Database& database) {
    SQLite::Database memory(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    {
        SQLite::Backup backup(memory, database.handle());
        backup.executeStep(-1);
    }
    memory.exec("DELETE FROM session");
    return octets_of(memory);
}

Result<RestorePlan> plan_restore(Database& database, std::string octets) {
    return checked(octets).map([&](const std::string& good) { return Restore(database, good).plan(); });
}

Result<RestorePlan> restore_snapshot(Database& database, std::string octets, const AuditEntry& note) {
    return checked(octets).map([&](const std::string& good) { return Restore(database, good).run(note); });
}

}  // namespace busbar::manage
