#include "manage/database/connector_rows.hpp"

namespace busbar::manage {

namespace {

constexpr const char* columns =
    "SELECT id, kind, name, config, config_revision, mapping, mapping_revision, stopped FROM connector";

ConnectorRow read(const SQLite::Statement& row) {
    ConnectorRow connector;
    connector.id = row.getColumn(0).getString();
    connector.kind = row.getColumn(1).getString();
    connector.name = row.getColumn(2).getString();
    connector.config = row.getColumn(3).getString();
    connector.config_revision = row.getColumn(4).getInt64();
    if (!row.getColumn(5).isNull()) connector.mapping = row.getColumn(5).getString();
    connector.mapping_revision = row.getColumn(6).getInt64();
    connector.stopped = row.getColumn(7).getInt() != 0;
    return connector;
}

// In the order of the index connector_head, which has them without the texts between.
constexpr const char* head_columns =
    "SELECT id, kind, name, config_revision, mapping_revision, stopped FROM connector INDEXED BY connector_head";

ConnectorHead read_head(const SQLite::Statement& row) {
    return {row.getColumn(0).getString(), row.getColumn(1).getString(), row.getColumn(2).getString(),
            row.getColumn(3).getInt64(),  row.getColumn(4).getInt64(),  row.getColumn(5).getInt() != 0};
}

std::optional<std::string> text_of(Database& database, const char* query, std::string_view id) {
    SQLite::Statement row(database.handle(), query);
    row.bind(1, std::string(id));
    if (!row.executeStep() || row.getColumn(0).isNull()) return std::nullopt;
    return row.getColumn(0).getString();
}

}  // namespace

std::vector<ConnectorHead> connector_heads(Database& database) {
    SQLite::Statement rows(database.handle(), std::string(head_columns) + " ORDER BY id");
    std::vector<ConnectorHead> heads;
    while (rows.executeStep()) heads.push_back(read_head(rows));
    return heads;
}

std::optional<ConnectorHead> find_connector_head(Database& database, std::string_view id) {
    SQLite::Statement row(database.handle(), std::string(head_columns) + " WHERE id = ?");
    row.bind(1, std::string(id));
    if (!row.executeStep()) return std::nullopt;
    return read_head(row);
}

std::optional<std::string> config_of_connector(Database& database, std::string_view id) {
    return text_of(database, "SELECT config FROM connector WHERE id = ?", id);
}

std::optional<std::string> mapping_of_connector(Database& database, std::string_view id) {
    return text_of(database, "SELECT mapping FROM connector WHERE id = ?", id);
}

std::vector<ConnectorRow> all_connectors(Database& database) {
    SQLite::Statement rows(database.handle(), std::string(columns) + " ORDER BY id");
    std::vector<ConnectorRow> connectors;
    while (rows.executeStep()) connectors.push_back(read(rows));
    return connectors;
}

std::optional<ConnectorRow> find_connector(Database& database, std::string_view id) {
    SQLite::Statement row(database.handle(), std::string(columns) + " WHERE id = ?");
    row.bind(1, std::string(id));
    if (!row.executeStep()) return std::nullopt;
    return read(row);
}

void save_connector(Database& database, const ConnectorRow& row) {
    SQLite::Statement save(database.handle(),
                           "INSERT INTO connector (id, kind, name, config, config_revision, mapping, mapping_revision, "
                           "stopped) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = "
                           "excluded.name, config = excluded.config, config_revision = excluded.config_revision, "
                           "mapping = excluded.mapping, mapping_revision = excluded.mapping_revision, stopped = "
                           "excluded.stopped");
    save.bind(1, row.id);
    save.bind(2, row.kind);
    save.bind(3, row.name);
    save.bind(4, row.config);
    save.bind(5, row.config_revision);
    if (row.mapping) {
        save.bind(6, *row.mapping);
        save.bind(7, row.mapping_revision);
    }
    save.bind(8, row.stopped ? 1 : 0);
    save.exec();
    forget_removed_connector(database, row.id);
}

void save_connector_but_mapping(Database& database, const ConnectorRow& row) {
    SQLite::Statement save(database.handle(),
                           "UPDATE connector SET name = ?, config = ?, config_revision = ?, stopped = ? WHERE id = ?");
    save.bind(1, row.name);
    save.bind(2, row.config);
    save.bind(3, row.config_revision);
    save.bind(4, row.stopped ? 1 : 0);
    save.bind(5, row.id);
    save.exec();
}

void remove_connector(Database& database, std::string_view id) {
    SQLite::Statement remove(database.handle(), "DELETE FROM connector WHERE id = ?");
    remove.bind(1, std::string(id));
    remove.exec();
    SQLite::Statement note(database.handle(), "INSERT OR IGNORE INTO removed_connector (id) VALUES (?)");
    note.bind(1, std::string(id));
    note.exec();
}

std::vector<std::string> removed_connectors(Database& database) {
    SQLite::Statement rows(database.handle(), "SELECT id FROM removed_connector");
    std::vector<std::string> ids;
    while (rows.executeStep()) ids.push_back(rows.getColumn(0).getString());
    return ids;
}

void forget_removed_connector(Database& database, std::string_view id) {
    SQLite::Statement forget(database.handle(), "DELETE FROM removed_connector WHERE id = ?");
    forget.bind(1, std::string(id));
    forget.exec();
}

}  // namespace busbar::manage
