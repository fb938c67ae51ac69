#include <boost/json.hpp>
#include <string_view>

#include "manage/rest/openapi.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view schemas = R"json({
"PointMetadata": {"type": "object", "additionalProperties": false, "properties": {
    "command_ioa": {"type": ["integer", "null"], "description": "Where commands to this point go, if not to its own IOA."},
    "enabled": {"type": "boolean", "default": true},
    "kind": {"type": ["string", "null"], "enum": ["AI", "AO", "DI", "DO", null]},
    "name": {"type": "string", "maxLength": 200}, "description": {"type": "string", "maxLength": 2000},
    "unit": {"type": "string", "maxLength": 32}, "site": {"type": "string", "maxLength": 200},
    "device": {"type": "string", "maxLength": 200}, "factor": {"type": "number", "default": 1},
    "low": {"type": ["number", "null"]}, "high": {"type": ["number", "null"]},
    "states": {"type": "array", "maxItems": 256, "items": {"type": "string"}, "description": "Words for 0, 1, 2 …"},
    "metadata": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Further columns."},
    "comment": {"type": "string", "maxLength": 1000, "description": "For the revision."}}},
"KnownPoint": {"type": "object", "required": ["casdu", "ioa", "command_ioa", "enabled", "kind", "name", "description",
    "unit", "site", "device", "factor", "low", "high", "states", "metadata"], "properties": {
    "casdu": {"type": "integer"}, "ioa": {"type": "integer"}, "command_ioa": {"type": ["integer", "null"]},
    "enabled": {"type": "boolean"}, "kind": {"type": ["string", "null"]}, "name": {"type": "string"},
    "description": {"type": "string"}, "unit": {"type": "string"}, "site": {"type": "string"},
    "device": {"type": "string"}, "factor": {"type": "number"}, "low": {"type": ["number", "null"]},
    "high": {"type": ["number", "null"]}, "states": {"type": "array", "items": {"type": "string"}},
    "metadata": {"type": "object", "additionalProperties": {"type": "string"}}}},
"Job": {"type": "object", "required": ["id", "state", "task", "step", "progress", "author", "created", "dry_run"], "properties": {
    "id": {"type": "integer"}, "state": {"type": "string", "enum": ["Pending", "In Progress", "Completed", "Failed"]},
    "task": {"type": "string"}, "step": {"type": "string"}, "progress": {"type": "integer", "minimum": 0, "maximum": 100},
    "author": {"type": "string"}, "created": {"type": "string"}, "finished": {"type": "string"},
    "dry_run": {"type": "boolean"}, "revision": {"type": "integer", "description": "Of what was changed; can be undone."},
    "script": {"type": "object", "required": ["name", "element", "device", "request_guid"], "properties": {
        "name": {"type": "string"}, "element": {"type": "string"}, "device": {"type": "string"},
        "request_guid": {"type": "string"}, "log": {"type": "array", "items": {"type": "string"},
        "description": "The last lines of the script's standard error."}}},
    "problem": {"type": "object", "required": ["code", "detail", "errors"], "description": "Why it failed.", "properties": {
        "code": {"type": "string"}, "detail": {"type": "string"}, "errors": {"type": "array"}}},
    "sheet": {"type": "string"}, "sheets": {"type": "array", "items": {"type": "object", "required": ["name", "hidden"],
        "properties": {"name": {"type": "string"}, "hidden": {"type": "boolean"}}}},
    "import": {"type": "object", "required": ["counts", "faults", "errors", "columns", "preview"], "properties": {
        "counts": {"type": "object", "required": ["rows", "new", "changed", "unchanged", "removed", "unknown", "error"],
            "additionalProperties": {"type": "integer"}},
        "faults": {"type": "integer", "description": "All of them; `errors` has the first thousand."},
        "errors": {"type": "array", "items": {"type": "object", "required": ["row", "column", "what"], "properties": {
            "row": {"type": "integer"}, "column": {"type": "string"}, "what": {"type": "string"}}}},
        "columns": {"type": "array", "items": {"type": "object", "required": ["heading", "column"], "properties": {
            "heading": {"type": "string"}, "column": {"type": "string"}}}},
        "preview": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}}}}},
"Jobs": {"type": "object", "required": ["jobs"], "properties": {
    "jobs": {"type": "array", "items": {"$ref": "#/components/schemas/Job"}}}},
"ImportFiles": {"type": "object", "required": ["files"], "properties": {"files": {"type": "array", "items": {
    "type": "object", "required": ["folder", "name", "octets"], "properties": {"folder": {"type": "string"},
    "name": {"type": "string"}, "octets": {"type": "integer"}}}}}}
})json";

}  // namespace

json::object import_schemas() { return json::parse(schemas).as_object(); }

}  // namespace busbar::manage
