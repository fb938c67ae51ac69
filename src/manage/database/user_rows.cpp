#include "manage/database/user_rows.hpp"

#include "manage/database/columns.hpp"

namespace busbar::manage {

namespace {

void bind(SQLite::Statement& statement, int index, const SecretHash& hash) {
    statement.bind(index, hash.data(), static_cast<int>(hash.size()));
}

constexpr const char* user_columns = "SELECT id, name, role, password, enabled, failures, locked_until FROM user ";

UserRow read_user(const SQLite::Statement& row) {
    UserRow user;
    user.id = row.getColumn(0).getInt64();
    user.name = row.getColumn(1).getString();
    user.role = row.getColumn(2).getString();
    if (!row.getColumn(3).isNull()) user.password = row.getColumn(3).getString();
    user.enabled = row.getColumn(4).getInt() != 0;
    user.failures = row.getColumn(5).getInt();
    user.locked_until = from_ms(row.getColumn(6).getInt64());
    return user;
}

}  // namespace

std::vector<UserRow> all_users(Database& database) {
    SQLite::Statement rows(database.handle(), std::string(user_columns) + "ORDER BY name");
    std::vector<UserRow> users;
    while (rows.executeStep()) users.push_back(read_user(rows));
    return users;
}

std::optional<UserRow> find_user(Database& database, std::string_view name) {
    SQLite::Statement row(database.handle(), std::string(user_columns) + "WHERE name = ?");
    row.bind(1, std::string(name));
    if (!row.executeStep()) return std::nullopt;
    return read_user(row);
}

std::int64_t save_user(Database& database, const UserRow& row, UtcTime now) {
    SQLite::Statement save(database.handle(),
                           "INSERT INTO user (id, name, role, password, enabled, failures, locked_until, created) "
                           "VALUES (NULLIF(?, 0), ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = "
                           "excluded.name, role = excluded.role, password = excluded.password, enabled = "
                           "excluded.enabled, failures = excluded.failures, locked_until = excluded.locked_until");
    save.bind(1, row.id);
    save.bind(2, row.name);
    save.bind(3, row.role);
    if (row.password) save.bind(4, *row.password);
    save.bind(5, row.enabled ? 1 : 0);
    save.bind(6, row.failures);
    save.bind(7, to_ms(row.locked_until));
    save.bind(8, to_ms(now));
    save.exec();
    return row.id != 0 ? row.id : database.handle().getLastInsertRowid();
}

bool has_users(Database& database) {
    return database.handle().execAndGet("SELECT EXISTS (SELECT 1 FROM user)").getInt() != 0;
}

void remove_user(Database& database, std::int64_t id) {
    SQLite::Statement remove(database.handle(), "DELETE FROM user WHERE id = ?");
    remove.bind(1, id);
    remove.exec();
}

std::optional<UserRow> find_user_by_subject(Database& database, const OpenIdSubject& subject) {
    SQLite::Statement row(
        database.handle(),
        std::string(user_columns) + "WHERE id = (SELECT user FROM openid_subject WHERE issuer = ? AND subject = ?)");
    row.bind(1, subject.issuer);
    row.bind(2, subject.subject);
    if (!row.executeStep()) return std::nullopt;
    return read_user(row);
}

bool has_subject(Database& database, std::int64_t user) {
    SQLite::Statement row(database.handle(), "SELECT 1 FROM openid_subject WHERE user = ?");
    row.bind(1, user);
    return row.executeStep();
}

void save_subject(Database& database, std::int64_t user, const OpenIdSubject& subject) {
    SQLite::Statement save(database.handle(), "INSERT INTO openid_subject (user, issuer, subject) VALUES (?, ?, ?)");
    save.bind(1, user);
    save.bind(2, subject.issuer);
    save.bind(3, subject.subject);
    save.exec();
}

void add_session(Database& database, const SecretHash& token, const SessionRow& row, UtcTime now) {
    SQLite::Statement add(database.handle(),
                          "INSERT INTO session (token, user, csrf, created, expires) VALUES (?, ?, ?, ?, ?)");
    bind(add, 1, token);
    add.bind(2, row.user);
    add.bind(3, row.csrf);
    add.bind(4, to_ms(now));
    add.bind(5, to_ms(row.expires));
    add.exec();
}

std::optional<SessionRow> find_session(Database& database, const SecretHash& token) {
    SQLite::Statement row(database.handle(),
                          "SELECT user.id, user.name, user.role, session.csrf, session.expires, user.enabled "
                          "FROM session JOIN user ON user.id = session.user WHERE session.token = ?");
    bind(row, 1, token);
    if (!row.executeStep()) return std::nullopt;
    return SessionRow{row.getColumn(0).getInt64(),          row.getColumn(1).getString(),
                      row.getColumn(2).getString(),         row.getColumn(3).getString(),
                      from_ms(row.getColumn(4).getInt64()), row.getColumn(5).getInt() != 0};
}

void remove_session(Database& database, const SecretHash& token) {
    SQLite::Statement remove(database.handle(), "DELETE FROM session WHERE token = ?");
    bind(remove, 1, token);
    remove.exec();
}

void remove_sessions_of(Database& database, std::int64_t user) {
    SQLite::Statement remove(database.handle(), "DELETE FROM session WHERE user = ?");
    remove.bind(1, user);
    remove.exec();
}

void remove_openid_sessions(Database& database) {
    database.handle().exec("DELETE FROM session WHERE user IN (SELECT user FROM openid_subject)");
}

void remove_expired_sessions(Database& database, UtcTime now) {
    SQLite::Statement remove(database.handle(), "DELETE FROM session WHERE expires <= ?");
    remove.bind(1, to_ms(now));
    remove.exec();
}

namespace {

constexpr const char* token_columns =
    "SELECT token.id, token.name, user.name, user.role, token.role, token.created, token.expires, token.used, "
    "user.enabled, user.id FROM token JOIN user ON user.id = token.user ";

TokenRow read_token(const SQLite::Statement& row) {
    return {row.getColumn(0).getInt64(),          row.getColumn(1).getString(),
            row.getColumn(2).getString(),         row.getColumn(3).getString(),
            row.getColumn(4).getString(),         from_ms(row.getColumn(5).getInt64()),
            from_ms(row.getColumn(6).getInt64()), from_ms(row.getColumn(7).getInt64()),
            row.getColumn(8).getInt() != 0,       row.getColumn(9).getInt64()};
}

}  // namespace

std::int64_t add_token(Database& database, const SecretHash& hash, const TokenRow& row, std::int64_t user) {
    SQLite::Statement add(database.handle(),
                          "INSERT INTO token (name, hash, user, role, created, expires) VALUES (?, ?, ?, ?, ?, ?)");
    add.bind(1, row.name);
    bind(add, 2, hash);
    add.bind(3, user);
    add.bind(4, row.role);
    add.bind(5, to_ms(row.created));
    add.bind(6, to_ms(row.expires));
    add.exec();
    return database.handle().getLastInsertRowid();
}

std::optional<TokenRow> find_token(Database& database, const SecretHash& hash) {
    SQLite::Statement row(database.handle(), std::string(token_columns) + "WHERE token.hash = ?");
    bind(row, 1, hash);
    if (!row.executeStep()) return std::nullopt;
    return read_token(row);
}

std::vector<TokenRow> all_tokens(Database& database) {
    SQLite::Statement rows(database.handle(), std::string(token_columns) + "ORDER BY token.id");
    std::vector<TokenRow> tokens;
    while (rows.executeStep()) tokens.push_back(read_token(rows));
    return tokens;
}

void note_token_use(Database& database, std::int64_t id, UtcTime now) {
    SQLite::Statement note(database.handle(), "UPDATE token SET used = ? WHERE id = ?");
    note.bind(1, to_ms(now));
    note.bind(2, id);
    note.exec();
}

bool remove_token(Database& database, std::int64_t id) {
    SQLite::Statement remove(database.handle(), "DELETE FROM token WHERE id = ?");
    remove.bind(1, id);
    return remove.exec() != 0;
}

std::optional<std::string> find_setting(Database& database, std::string_view name) {
    SQLite::Statement row(database.handle(), "SELECT value FROM setting WHERE name = ?");
    row.bind(1, std::string(name));
    if (!row.executeStep()) return std::nullopt;
    return row.getColumn(0).getString();
}

void save_setting(Database& database, std::string_view name, std::string_view json) {
    SQLite::Statement save(database.handle(),
                           "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = "
                           "excluded.value");
    save.bind(1, std::string(name));
    save.bind(2, std::string(json));
    save.exec();
}

void remove_setting(Database& database, std::string_view name) {
    SQLite::Statement remove(database.handle(), "DELETE FROM setting WHERE name = ?");
    remove.bind(1, std::string(name));
    remove.exec();
}

}  // namespace busbar::manage
