#include <boost/json.hpp>
#include <string_view>

#include "manage/rest/openapi.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view schemas = R"json({
"Limit": {"type": ["integer", "null"], "minimum": 1, "maximum": 1000000000000},
"KeptUpdates": {"type": "object", "additionalProperties": false, "properties": {
    "entries": {"$ref": "#/components/schemas/Limit"}, "bytes": {"$ref": "#/components/schemas/Limit"},
    "age": {"$ref": "#/components/schemas/Limit"}}},
"Settings": {"type": "object", "required": ["name", "kept_updates", "version", "store", "required_consumers"], "properties": {
    "name": {"type": "string"}, "kept_updates": {"$ref": "#/components/schemas/KeptUpdates"}, "version": {"type": "string"},
    "store": {"type": "object", "required": ["up", "detail"], "properties": {
        "up": {"type": "boolean"}, "detail": {"type": "string"}}},
    "required_consumers": {"type": "array", "items": {"type": "string"},
        "description": "CONNECTOR/GROUP: updates are kept until these have them."}}},
"SettingsChange": {"type": "object", "additionalProperties": false, "properties": {
    "name": {"type": "string", "maxLength": 200}, "kept_updates": {"$ref": "#/components/schemas/KeptUpdates"}}},
"StationNames": {"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
    "name": {"type": "string", "maxLength": 200}, "description": {"type": "string", "maxLength": 1000},
    "device": {"type": "boolean", "default": false, "description": "It is shown as a device of its own."}}},
"Station": {"type": "object",
    "required": ["casdu", "name", "description", "device", "connector", "sources", "points", "bad"], "properties": {
    "casdu": {"type": "integer"}, "name": {"type": "string"}, "description": {"type": "string"},
    "device": {"type": "boolean"}, "connector": {"type": "string", "description": "That feeds it; empty: not known."},
    "sources": {"type": "array", "items": {"type": "string"}, "description": "Of its values; more than one is a conflict."},
    "points": {"type": "integer"}, "bad": {"type": "integer", "description": "Of these, so many are not good."},
    "received": {"type": "string", "description": "The newest value."}}},
"CertificateFile": {"type": "object", "required": ["name", "path", "used_by"], "properties": {
    "name": {"type": "string", "description": "Empty: it lies elsewhere, and a configuration names it."},
    "path": {"type": "string", "description": "For configurations."},
    "used_by": {"type": "array", "items": {"type": "string"}}, "fault": {"type": "string"},
    "kind": {"type": "string", "enum": ["certificates", "key", "revocation lists"]},
    "entries": {"type": "array", "items": {"type": "object", "required": ["name", "begins"], "properties": {
        "name": {"type": "string"}, "fingerprint": {"type": "string"}, "begins": {"type": "string"},
        "ends": {"type": "string"}, "days_left": {"type": "integer"}}}}}},
"CertificateFiles": {"type": "object", "required": ["files"], "properties": {
    "files": {"type": "array", "items": {"$ref": "#/components/schemas/CertificateFile"}}}},
"MeterChannels": {"type": "object", "required": ["channels"], "properties": {"channels": {"type": "array", "items": {
    "type": "object", "required": ["connector", "name", "enabled", "devices"], "properties": {
    "connector": {"type": "string"}, "name": {"type": "string"}, "enabled": {"type": "boolean"},
    "status": {"type": "object", "description": "What the connector says of the line and its gateways."},
    "devices": {"type": "array", "items": {"type": "object",
        "required": ["name", "enabled", "link_address", "point_address", "tags", "tags_enabled"], "properties": {
        "name": {"type": "string"}, "enabled": {"type": "boolean"}, "link_address": {"type": "integer"},
        "point_address": {"type": "integer"}, "tags": {"type": "integer"}, "tags_enabled": {"type": "integer"},
        "status": {"type": "object", "description": "State, failures, demotion, intervals … as the meters' page has them."}}}}}}}}},
"MeterTags": {"type": "object", "required": ["tags"], "properties": {"tags": {"type": "array", "items": {
    "type": "object", "description": "As configured.", "properties": {
    "name": {"type": "string"}, "point": {"type": "object", "description": "Its newest value."}}}}}},
"Stations": {"type": "object", "required": ["stations"], "properties": {
    "stations": {"type": "array", "items": {"$ref": "#/components/schemas/Station"}}}}
})json";

}  // namespace

json::object installation_schemas() { return json::parse(schemas).as_object(); }

}  // namespace busbar::manage
