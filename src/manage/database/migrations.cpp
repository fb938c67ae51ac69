#include "manage/database/migrations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace busbar::manage {

namespace {

// Times are milliseconds since 1970. Texts that are JSON are checked to be.
constexpr std::string_view first = R"sql(
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 64),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'engineer', 'admin')),
    password TEXT,                                     -- argon2id; null: logs in by OpenID Connect only
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),  -- wrong passwords since the last right one
    locked_until INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    token BLOB PRIMARY KEY CHECK (length(token) = 32),  -- a hash of what the cookie holds
    user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    csrf TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_user ON session (user);

CREATE TABLE revision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('config', 'mapping', 'points')),
    object TEXT NOT NULL,                              -- the connector's id; of points: what changed them
    action TEXT NOT NULL CHECK (action IN ('created', 'changed', 'removed', 'restored')),
    before TEXT CHECK (before IS NULL OR json_valid(before)),
    after TEXT CHECK (after IS NULL OR json_valid(after)),
    comment TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX revision_object ON revision (kind, object, id);

CREATE TABLE connector (
    id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64 AND id NOT GLOB '*[^A-Za-z0-9_-]*'),
    kind TEXT NOT NULL CHECK (kind IN ('iec104-client', 'iec104-server', 'iec102-client')),
    name TEXT NOT NULL DEFAULT '',
    config TEXT NOT NULL CHECK (json_valid(config)),
    config_revision INTEGER NOT NULL REFERENCES revision (id),
    mapping TEXT CHECK (mapping IS NULL OR json_valid(mapping)),
    mapping_revision INTEGER REFERENCES revision (id),
    stopped INTEGER NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1)),  -- by a person, until a person starts it
    CHECK (mapping IS NULL OR kind = 'iec104-server'),
    CHECK ((mapping IS NULL) = (mapping_revision IS NULL))
) STRICT, WITHOUT ROWID;

-- Connectors whose keys in the store are still to be deleted.
CREATE TABLE removed_connector (
    id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE point (
    id INTEGER PRIMARY KEY,
    casdu INTEGER NOT NULL CHECK (casdu BETWEEN 0 AND 65535),
    ioa INTEGER NOT NULL CHECK (ioa BETWEEN 0 AND 16777215),
    command_ioa INTEGER CHECK (command_ioa BETWEEN 0 AND 16777215),
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    kind TEXT CHECK (kind IN ('AI', 'AO', 'DI', 'DO')),
    name TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    unit TEXT NOT NULL DEFAULT '',
    site TEXT NOT NULL DEFAULT '',
    device TEXT NOT NULL DEFAULT '',
    factor REAL NOT NULL DEFAULT 1,
    low REAL,
    high REAL,
    states TEXT NOT NULL DEFAULT '[]' CHECK (json_type(states) = 'array'),        -- words for 0, 1, 2 …
    metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_type(metadata) = 'object')    -- further columns
) STRICT;
CREATE UNIQUE INDEX point_address ON point (casdu, ioa) WHERE enabled = 1;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    address TEXT NOT NULL,                             -- from where
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    before TEXT CHECK (before IS NULL OR json_valid(before)),
    after TEXT CHECK (after IS NULL OR json_valid(after)),
    hash BLOB NOT NULL CHECK (length(hash) = 32)       -- of the entry before and of this one
) STRICT;
)sql";

constexpr std::string_view tokens = R"sql(
CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'engineer', 'admin')),  -- never more than the user has
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX token_user ON token (user);
)sql";

constexpr std::string_view commands = R"sql(
CREATE TABLE command (
    id TEXT PRIMARY KEY,
    given INTEGER NOT NULL,
    author TEXT NOT NULL,
    key TEXT,                                          -- Idempotency-Key
    wanted TEXT NOT NULL CHECK (json_valid(wanted)),
    stages TEXT NOT NULL CHECK (json_type(stages) = 'array'),
    done INTEGER NOT NULL CHECK (done IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX command_key ON command (author, key) WHERE key IS NOT NULL;
CREATE INDEX command_given ON command (given);
)sql";

constexpr std::string_view stations = R"sql(
CREATE TABLE station (
    casdu INTEGER PRIMARY KEY CHECK (casdu BETWEEN 0 AND 65535),
    name TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    device INTEGER NOT NULL DEFAULT 0 CHECK (device IN (0, 1))
) STRICT;
)sql";

constexpr std::string_view openid = R"sql(
CREATE TABLE openid_subject (
    user INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    UNIQUE (issuer, subject)
) STRICT;
)sql";

constexpr std::string_view imports = R"sql(
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    done INTEGER NOT NULL CHECK (done IN (0, 1)),
    summary TEXT NOT NULL CHECK (json_type(summary) = 'object'),  -- as lists have it
    whole TEXT NOT NULL CHECK (json_type(whole) = 'object')
) STRICT;

CREATE TABLE import_profile (
    name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    settings TEXT NOT NULL CHECK (json_type(settings) = 'object')
) STRICT, WITHOUT ROWID;

-- For import scripts; a secretbox under the key in import.key.
CREATE TABLE import_credential (
    connector TEXT PRIMARY KEY REFERENCES connector (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view areas = R"sql(
CREATE TABLE area (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 64)
) STRICT;

CREATE TABLE area_station (
    area INTEGER NOT NULL REFERENCES area (id) ON DELETE CASCADE,
    first INTEGER NOT NULL CHECK (first BETWEEN 1 AND 65534),
    last INTEGER NOT NULL CHECK (last BETWEEN first AND 65534),
    PRIMARY KEY (area, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE area_connector (
    area INTEGER NOT NULL REFERENCES area (id) ON DELETE CASCADE,
    connector TEXT NOT NULL CHECK (length(connector) BETWEEN 1 AND 64),  -- need not be there (yet)
    PRIMARY KEY (area, connector)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_area (
    user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    area INTEGER NOT NULL REFERENCES area (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('operator', 'engineer')),
    PRIMARY KEY (user, area)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_area_area ON user_area (area);
)sql";

constexpr std::string_view command_points = R"sql(
CREATE INDEX command_point ON command (json_extract(wanted, '$.casdu'), json_extract(wanted, '$.ioa'), given);
)sql";

// Connectors and revisions are listed without reading past their texts, which may have tens of megabytes; a point is
// found by its address also if it is not enabled.
constexpr std::string_view heads = R"sql(
CREATE INDEX connector_head ON connector (id, kind, name, config_revision, mapping_revision, stopped);
CREATE INDEX revision_list ON revision (kind, id, at, author, object, action, comment);
CREATE INDEX point_place ON point (casdu, ioa, enabled DESC, id);
)sql";

constexpr std::array steps{first, tokens, commands, stations, openid, imports, areas, command_points, heads};

}  // namespace

std::span<const std::string_view> migrations() { return steps; }

void migrate(SQLite::Database& database, int version) {
    const int taken = database.execAndGet("PRAGMA user_version").getInt();
    if (const int latest = std::max(taken, version); latest > static_cast<int>(steps.size()))
        throw std::runtime_error(
            fmt::format("is of a later version of Busbar (schema {}, this one knows {})", latest, steps.size()));
    for (int step = taken; step < version; ++step) {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        database.exec(std::string(steps[static_cast<std::size_t>(step)]));
        database.exec(fmt::format("PRAGMA user_version = {}", step + 1));
        transaction.commit();
    }
}

}  // namespace busbar::manage
