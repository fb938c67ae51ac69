#include <boost/json.hpp>
#include <string_view>

#include "manage/rest/openapi.hpp"

namespace busbar::manage {

namespace {

constexpr std::string_view schemas = R"json({
"Point": {"type": "object", "required": ["casdu", "ioa"],
    "description": "The newest value as the store contract has it, and what is known of the point. Without `value`: none came yet.",
    "properties": {
    "casdu": {"type": "integer"}, "ioa": {"type": "integer"}, "type": {"type": "integer"}, "value": {},
    "quality": {"type": "array", "items": {"type": "string"}}, "cot": {"type": "integer"},
    "time": {"type": "string"}, "time_flags": {"type": "array", "items": {"type": "string"}},
    "received": {"type": "string"}, "age_ms": {"type": "integer"}, "source": {"type": "string"},
    "gone": {"type": "boolean", "description": "It is not in the store any more."},
    "left": {"type": "boolean", "description": "It is not what the filter asks for any more."}, "configured": {"type": "boolean"}, "name": {"type": "string"}, "description": {"type": "string"},
    "unit": {"type": "string"}, "site": {"type": "string"}, "device": {"type": "string"},
    "kind": {"type": "string", "enum": ["AI", "AO", "DI", "DO"]}, "states": {"type": "array"}, "enabled": {"type": "boolean"},
    "command_ioa": {"type": "integer", "description": "Where commands to this point go, if not to its own IOA."},
    "factor": {"type": "number", "description": "1 without it."}, "low": {"type": "number"}, "high": {"type": "number"},
    "metadata": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Further columns; of a single point."},
    "conflict": {"type": "object", "description": "Since the service started, more than one source or kind of type writes it by turns.",
        "properties": {"source": {"type": "string", "description": "The other source."},
        "type": {"type": "integer", "description": "The other type."}}}}},
"Points": {"type": "object", "required": ["points", "current", "live"], "properties": {
    "points": {"type": "array", "items": {"$ref": "#/components/schemas/Point"}},
    "current": {"type": "boolean", "description": "False: the store is away or being read; these are the last values known."},
    "live": {"type": "integer", "description": "How many points have a value, whatever the filter."},
    "next": {"type": "string", "description": "For `after`; absent: there are no more."}}},
"DataPoints": {"type": "object", "required": ["datapoints"], "properties": {
    "datapoints": {"type": "array", "items": {"type": "object"}, "description": "As they lie in the store."}}},
"NewCommand": {"type": "object", "required": ["casdu", "ioa", "type", "value"], "additionalProperties": false, "properties": {
    "casdu": {"type": "integer", "minimum": 1, "maximum": 65534}, "ioa": {"type": "integer", "minimum": 1, "maximum": 16777215},
    "type": {"type": "integer", "minimum": 45, "maximum": 113, "description": "45-51, 58-64, 110-113."},
    "value": {"description": "As the store contract has it for the type."},
    "mode": {"type": "string", "enum": ["direct", "select", "execute", "select_and_execute", "cancel"], "default": "direct",
        "description": "`select` binds the object to you until you execute or cancel, or it expires at the station."},
    "qualifier": {"type": "integer", "minimum": 0, "maximum": 127, "description": "QU or QL."},
    "max_age_ms": {"type": "integer", "minimum": 100, "maximum": 60000, "default": 5000,
        "description": "It is not sent when it is older."}}},
"Command": {"type": "object", "required": ["id", "given", "author", "command", "state", "done", "stages"], "properties": {
    "id": {"type": "string"}, "given": {"type": "string"}, "author": {"type": "string"}, "command": {"type": "object"},
    "state": {"$ref": "#/components/schemas/CommandStage"},
    "done": {"type": "boolean", "description": "Nothing more is expected."},
    "stages": {"type": "array", "items": {"type": "object", "required": ["stage", "time"], "properties": {
        "stage": {"$ref": "#/components/schemas/CommandStage"}, "time": {"type": "string"},
        "cause": {"type": "integer", "description": "Cause of transmission of the station's answer."},
        "negative": {"type": "boolean"}, "by": {"type": "string"}, "reason": {"type": "string"},
        "late": {"type": "boolean", "description": "Came after the command was given up."}}}}}},
"Commands": {"type": "object", "required": ["commands"], "properties": {
    "commands": {"type": "array", "items": {"$ref": "#/components/schemas/Command"}},
    "next": {"type": "string", "description": "For `after`; absent: there are no more."}}},
"CommandStage": {"type": "string", "enum": ["given", "selected", "confirmed", "refused", "cancelled", "terminated", "unknown"]},
"Event": {"type": "object", "required": ["id", "at", "casdu", "ioa"], "description": "A point and the stream entry it came with.",
    "properties": {"id": {"type": "string"}, "at": {"type": "string", "description": "When the store had it."},
    "casdu": {"type": "integer"}, "ioa": {"type": "integer"}, "type": {"type": "integer"}, "value": {},
    "source": {"type": "string"}}},
"Events": {"type": "object", "required": ["events"], "properties": {
    "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
    "next": {"type": "string", "description": "For `after`; absent: there are no more."}}},
"Errors": {"type": "object", "required": ["errors"], "properties": {
    "errors": {"type": "array", "items": {"type": "object", "required": ["id", "at", "source", "reason", "data"], "properties": {
        "id": {"type": "string"}, "at": {"type": "string"}, "source": {"type": "string"}, "reason": {"type": "string"},
        "data": {"type": "string"}}}},
    "next": {"type": "string", "description": "For `after`; absent: there are no more."}}},
"LiveMessage": {"type": "object", "description": "One message of a WebSocket, or the data of one server-sent event.", "properties": {
    "topic": {"type": "string", "enum": ["points", "events", "connectors", "logs", "trace", "jobs"]}, "id": {"type": "string"},
    "current": {"type": "boolean", "description": "Of points: whether these are what the store has now."},
    "points": {"type": "array", "items": {"$ref": "#/components/schemas/Point"}},
    "snapshot": {"type": "string", "enum": ["part", "end"], "description": "Of points and jobs: what is there already; changes follow after the end."},
    "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
    "connectors": {"type": "array", "items": {"type": "object"}},
    "logs": {"type": "array"}, "trace": {"type": "array"},
    "jobs": {"type": "array", "items": {"anyOf": [{"$ref": "#/components/schemas/Job"}, {"type": "object", "required": ["id", "gone"],
        "description": "It was taken off the list.", "properties": {"id": {"type": "integer"}, "gone": {"type": "boolean"}}}]}},
    "dropped": {"type": "integer", "description": "So many messages were left out, because the client was too slow."},
    "gap": {"type": "string", "description": "Of events: some may be missing before or among the last ones sent, and why: the stream was trimmed, deleted or is another one."},
    "subscribed": {"type": "string"}, "unsubscribed": {"type": "string"},
    "error": {"type": "object", "required": ["code", "detail"],
        "description": "Of what the client has sent; or the subscription with this `id` has ended: the connector was removed, the right is gone.", "properties": {"code": {"type": "string"}, "detail": {"type": "string"}}}}}
})json";

}  // namespace

boost::json::object live_schemas() { return boost::json::parse(schemas).as_object(); }

}  // namespace busbar::manage
