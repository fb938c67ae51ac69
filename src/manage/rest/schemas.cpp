#include <boost/json.hpp>
#include <string_view>

#include "config/schema.hpp"
#include "manage/rest/openapi.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view own_schemas = R"json({
"Problem": {"type": "object", "required": ["type", "title", "status", "code", "detail"], "properties": {
    "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
    "code": {"type": "string", "description": "A stable word for programs."},
    "detail": {"type": "string", "description": "A sentence for people."},
    "errors": {"type": "array", "items": {"type": "object", "required": ["where", "what"], "properties": {
        "where": {"type": "string"}, "what": {"type": "string"}}}}}},
"Health": {"type": "object", "required": ["status"], "properties": {
    "status": {"type": "string", "enum": ["good", "not ready"]}, "detail": {"type": "string"}}},
"SetUp": {"type": "object", "required": ["token", "user", "password"], "additionalProperties": false, "properties": {
    "token": {"type": "string", "minLength": 1, "maxLength": 200, "description": "From the link that the first start prints."},
    "user": {"$ref": "#/components/schemas/UserName"}, "password": {"$ref": "#/components/schemas/NewPassword"}}},
"UserName": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^\\x00-\\x1f\\x7f]+$"},
"NewPassword": {"type": "string", "minLength": 12, "maxLength": 200},
"Login": {"type": "object", "required": ["user", "password"], "additionalProperties": false, "properties": {
    "user": {"$ref": "#/components/schemas/UserName"}, "password": {"type": "string", "minLength": 1, "maxLength": 200}}},
"Session": {"type": "object", "required": ["user", "role"], "properties": {
    "user": {"type": "string"}, "role": {"$ref": "#/components/schemas/Role"},
    "areas": {"type": "array", "description": "Where he may more than everywhere.", "items": {"type": "object",
        "required": ["area", "role", "stations", "connectors"], "properties": {"area": {"type": "string"}, "role": {"type": "string"},
        "stations": {"$ref": "#/components/schemas/AreaStations"}, "connectors": {"$ref": "#/components/schemas/AreaConnectors"}}}},
    "csrf": {"type": "string", "description": "For the header X-CSRF-Token; not of a token."}}},
"Role": {"type": "string", "enum": ["viewer", "operator", "engineer", "admin"]},
"UserAreas": {"type": "array", "maxItems": 200, "items": {"type": "object", "required": ["area", "role"], "additionalProperties": false,
    "properties": {"area": {"$ref": "#/components/schemas/UserName"}, "role": {"type": "string", "enum": ["operator", "engineer"]}}},
    "description": "Roles that he has in areas beside that everywhere."},
"AreaStations": {"type": "array", "maxItems": 1000, "items": {"type": "object", "required": ["first"], "additionalProperties": false,
    "properties": {"first": {"type": "integer", "minimum": 1, "maximum": 65534}, "last": {"type": "integer", "minimum": 1, "maximum": 65534}}},
    "description": "Common addresses, one or a range each."},
"AreaConnectors": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/ConnectorId"}},
"AreaPlaces": {"type": "object", "required": ["stations"], "additionalProperties": false, "properties": {
    "stations": {"$ref": "#/components/schemas/AreaStations"}, "connectors": {"$ref": "#/components/schemas/AreaConnectors"}}},
"NewArea": {"type": "object", "required": ["name", "stations"], "additionalProperties": false, "properties": {
    "name": {"$ref": "#/components/schemas/UserName"},
    "stations": {"$ref": "#/components/schemas/AreaStations"}, "connectors": {"$ref": "#/components/schemas/AreaConnectors"}}},
"Area": {"type": "object", "required": ["name", "stations", "connectors"], "properties": {"name": {"type": "string"},
    "stations": {"$ref": "#/components/schemas/AreaStations"}, "connectors": {"$ref": "#/components/schemas/AreaConnectors"}}},
"Areas": {"type": "object", "required": ["areas"], "properties": {
    "areas": {"type": "array", "items": {"$ref": "#/components/schemas/Area"}}}},
"User": {"type": "object", "required": ["name", "role", "areas", "enabled", "password", "locked_until"], "properties": {
    "areas": {"$ref": "#/components/schemas/UserAreas"},
    "name": {"type": "string"}, "role": {"$ref": "#/components/schemas/Role"}, "enabled": {"type": "boolean"},
    "password": {"type": "boolean", "description": "Whether there is one."}, "locked_until": {"type": ["string", "null"]}}},
"Users": {"type": "object", "required": ["users"], "properties": {
    "users": {"type": "array", "items": {"$ref": "#/components/schemas/User"}}}},
"NewUser": {"type": "object", "required": ["name", "role", "password"], "additionalProperties": false, "properties": {
    "name": {"$ref": "#/components/schemas/UserName"}, "role": {"$ref": "#/components/schemas/Role"},
    "password": {"$ref": "#/components/schemas/NewPassword"}, "areas": {"$ref": "#/components/schemas/UserAreas"}}},
"UserChange": {"type": "object", "additionalProperties": false, "properties": {
    "role": {"$ref": "#/components/schemas/Role"}, "enabled": {"type": "boolean"},
    "password": {"$ref": "#/components/schemas/NewPassword"}, "areas": {"$ref": "#/components/schemas/UserAreas"}}},
"PasswordChange": {"type": "object", "required": ["present", "password"], "additionalProperties": false, "properties": {
    "present": {"type": "string", "minLength": 1, "maxLength": 200}, "password": {"$ref": "#/components/schemas/NewPassword"}}},
"NewBackup": {"type": "object", "required": ["passphrase"], "additionalProperties": false, "properties": {
    "passphrase": {"type": "string", "minLength": 12, "maxLength": 200, "pattern": "^[ -~]+$",
        "description": "Printable ASCII, because it goes back in a header."}}},
"RestoredBackup": {"type": "object", "required": ["dry_run", "same_installation", "connectors", "points", "users"], "properties": {
    "dry_run": {"type": "boolean"},
    "same_installation": {"type": "boolean", "description": "Then audit and revisions go on; else they are those of the backup."},
    "connectors": {"type": "object", "required": ["added", "changed", "removed"]},
    "points": {"type": "object", "required": ["before", "after"]},
    "users": {"type": "object", "required": ["before", "after"]}}},
"NewToken": {"type": "object", "required": ["name", "role", "expires"], "additionalProperties": false, "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 64}, "role": {"$ref": "#/components/schemas/Role"},
    "expires": {"type": "string", "format": "date-time", "description": "At most 366 days from now."}}},
"Token": {"type": "object", "required": ["id", "token"], "properties": {
    "id": {"type": "integer"}, "token": {"type": "string", "description": "For `Authorization: Bearer`; shown only here."}}},
"Tokens": {"type": "object", "required": ["tokens"], "properties": {"tokens": {"type": "array", "items": {
    "type": "object", "required": ["id", "name", "user", "role", "created", "expires", "used"], "properties": {
    "id": {"type": "integer"}, "name": {"type": "string"}, "user": {"type": "string"},
    "role": {"$ref": "#/components/schemas/Role"}, "created": {"type": "string"}, "expires": {"type": "string"},
    "used": {"type": ["string", "null"]}}}}}},
"Revision": {"type": "object", "required": ["id", "at", "author", "kind", "object", "action", "comment"], "properties": {
    "id": {"type": "integer"}, "at": {"type": "string"}, "author": {"type": "string"},
    "kind": {"type": "string", "enum": ["config", "mapping", "points"]}, "object": {"type": "string"},
    "action": {"type": "string", "enum": ["created", "changed", "removed", "restored"]}, "comment": {"type": "string"},
    "before": {}, "after": {},
    "differences": {"type": "array", "maxItems": 1000, "description": "Where `before` and `after` differ; absent where one of them is.",
        "items": {"type": "object", "required": ["where"], "properties": {
        "where": {"type": "string", "description": "network.port, stations[101].name"}, "before": {}, "after": {}}}}}},
"Revisions": {"type": "object", "required": ["revisions"], "properties": {
    "revisions": {"type": "array", "items": {"$ref": "#/components/schemas/Revision"}}, "next": {"type": "integer"}}},
"Restored": {"type": "object", "required": ["restored"], "properties": {"restored": {"type": "string"}}},
"AuditEntries": {"type": "object", "required": ["entries"], "properties": {"next": {"type": "integer"},
    "entries": {"type": "array", "items": {"type": "object",
        "required": ["id", "at", "who", "address", "action", "object"], "properties": {
        "id": {"type": "integer"}, "at": {"type": "string"}, "who": {"type": "string"}, "address": {"type": "string"},
        "action": {"type": "string"}, "object": {"type": "string"}, "before": {}, "after": {}}}}}},
"AuditCheck": {"type": "object", "required": ["whole"], "properties": {
    "whole": {"type": "boolean"}, "first_forged": {"type": "integer"}}},
"ConnectorId": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$"},
"ConnectorKind": {"type": "string", "enum": ["iec104-client", "iec104-server", "iec102-client"]},
"NewConnector": {"type": "object", "required": ["id", "kind"], "additionalProperties": false, "properties": {
    "id": {"$ref": "#/components/schemas/ConnectorId"}, "kind": {"$ref": "#/components/schemas/ConnectorKind"},
    "name": {"type": "string", "maxLength": 200},
    "config": {"type": "object", "description": "ClientConfig, ServerConfig or MeterConfig; what is left out has its default."},
    "mapping": {"type": "object", "description": "Mapping; only of an iec104-server."},
    "stopped": {"type": "boolean", "default": false}}},
"ConnectorChange": {"type": "object", "additionalProperties": false, "properties": {
    "name": {"type": "string", "maxLength": 200},
    "config": {"type": "object", "description": "Replaces the configuration."},
    "mapping": {"type": ["object", "null"], "description": "Replaces the mapping; null takes it away."},
    "stopped": {"type": "boolean"}, "comment": {"type": "string", "maxLength": 1000}}},
"Connector": {"type": "object",
    "required": ["id", "kind", "name", "config", "stopped", "config_revision", "state", "process", "version"], "properties": {
    "id": {"$ref": "#/components/schemas/ConnectorId"}, "kind": {"$ref": "#/components/schemas/ConnectorKind"},
    "name": {"type": "string"}, "config": {"type": "object"}, "mapping": {"type": "object"},
    "stopped": {"type": "boolean", "description": "By a person, until a person starts it."},
    "config_revision": {"type": "integer"}, "mapping_revision": {"type": "integer"},
    "running_revision": {"type": "integer", "description": "The one the connector works with; absent: it never said."},
    "running_mapping_revision": {"type": "integer"},
    "refused": {"type": "object", "description": "Why the connector does not take a revision; the one before stays in force.",
        "properties": {"configuration": {"type": "string"}, "mapping": {"type": "string"}}},
    "state": {"type": "string", "enum": ["Starting", "Running", "Error", "Stopped", "Lost", "Unknown", "None"],
        "description": "What the connector says of itself; Lost: no heartbeat; Unknown: the store is away; None: it never said anything."},
    "detail": {"type": "string"}, "since": {"type": "integer"}, "version": {"type": "string"},
    "status": {"type": "object", "additionalProperties": {"type": "string"}},
    "process": {"type": "object", "required": ["state"], "properties": {
        "state": {"type": "string", "enum": ["running", "waiting", "stopping", "stopped", "unknown", "elsewhere", "none"],
            "description": "unknown: systemd did not say; elsewhere: run by somebody else; none: there is no process."},
        "pid": {"type": "integer"}, "starts": {"type": "integer"}, "last_end": {"type": "string"}}}}},
"Connectors": {"type": "object", "required": ["connectors"], "properties": {
    "connectors": {"type": "array", "items": {"$ref": "#/components/schemas/Connector"}}}},
"LogLines": {"type": "object", "required": ["lines", "cut"], "properties": {
    "lines": {"type": "array", "items": {"type": "string"}},
    "cut": {"type": "boolean", "description": "There are older lines."}}},
"Copies": {"type": "object", "required": ["columns", "rows"], "additionalProperties": false, "properties": {
    "columns": {"type": "array", "maxItems": 64, "items": {"type": "string", "pattern": "^/"},
        "description": "JSON pointers into the configuration: /network/host, /stations/0/casdu."},
    "rows": {"type": "array", "minItems": 1, "maxItems": 200, "items": {
        "type": "object", "required": ["id", "values"], "additionalProperties": false, "properties": {
        "id": {"$ref": "#/components/schemas/ConnectorId"}, "name": {"type": "string", "maxLength": 200},
        "values": {"type": "array", "maxItems": 64, "description": "One for each column; null: as in the original."}}}},
    "stopped": {"type": "boolean", "default": false, "description": "They are not started."}}},
"Request": {"type": "object", "additionalProperties": false, "properties": {
    "data": {"type": "object", "description": "What the action needs; see the page on requests."}}},
"RequestAnswer": {"type": "object", "required": ["answer"], "properties": {"answer": {}}}
})json";

}  // namespace

json::object api_schemas() {
    json::object schemas = json::parse(own_schemas).as_object();
    for (auto& [name, schema] : live_schemas()) schemas[name] = schema;
    for (auto& [name, schema] : openid_schemas()) schemas[name] = schema;
    for (auto& [name, schema] : import_schemas()) schemas[name] = schema;
    for (auto& [name, schema] : installation_schemas()) schemas[name] = schema;
    for (auto& [name, schema] : script_schemas()) schemas[name] = schema;
    schemas["ClientConfig"] = config::schema(config::Document::iec104_client);
    schemas["ServerConfig"] = config::schema(config::Document::iec104_server);
    schemas["MeterConfig"] = config::schema(config::Document::iec102_client);
    schemas["Mapping"] = config::schema(config::Document::mapping);
    return schemas;
}

}  // namespace busbar::manage
