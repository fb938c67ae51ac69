#include <boost/json.hpp>
#include <string_view>

#include "manage/rest/openapi.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

// Whether a row's addresses and words make sense is said row by row, in the job.
constexpr std::string_view schemas = R"json({
"ImportMetaData": {"type": "object", "additionalProperties": false,
    "description": "What DataMiner's import scripts send: an ImportMetaDataRequest, which has MetaDataRows, an ImportMetaDataResponse, which has SuccessStatus (with false StatusMessage says why), or both in one; or either as the one member Data of an envelope.",
    "properties": {
    "Data": {"$ref": "#/components/schemas/ImportMetaDataMessage"},
    "RequestGuid": {"type": ["string", "null"], "maxLength": 100, "description": "Of a running script: completes its request. One that is no GUID counts as none."},
    "SuccessStatus": {"type": "boolean", "default": true},
    "StatusMessage": {"type": ["string", "null"]},
    "MetaDataRows": {"type": "array", "maxItems": 200000, "items": {"$ref": "#/components/schemas/MetaDataRow"}}}},
"ImportMetaDataMessage": {"type": "object", "additionalProperties": false,
    "description": "The same without an envelope.",
    "properties": {
    "RequestGuid": {"type": ["string", "null"], "maxLength": 100, "description": "Of a running script: completes its request. One that is no GUID counts as none."},
    "SuccessStatus": {"type": "boolean", "default": true},
    "StatusMessage": {"type": ["string", "null"]},
    "MetaDataRows": {"type": "array", "maxItems": 200000, "items": {"$ref": "#/components/schemas/MetaDataRow"}}}},
"MetaDataRow": {"type": "object", "additionalProperties": false, "required": ["CommonAddress", "InformationObjectAddress"],
    "properties": {
    "Key": {"type": ["string", "null"]}, "Family": {"type": ["string", "null"]}, "SubFamily": {"type": ["string", "null"]},
    "Object": {"type": ["string", "null"]}, "SubObject": {"type": ["string", "null"]}, "Service": {"type": ["string", "null"]},
    "Uca": {"type": ["string", "null"]}, "Position": {"type": ["string", "null"]}, "Ip": {"type": ["string", "null"]},
    "ParameterSimet": {"type": ["string", "null"]}, "IdenIngrid": {"type": ["string", "null"]},
    "DeviceName": {"type": ["string", "null"]}, "SignalDescription": {"type": ["string", "null"]},
    "Discreets": {"type": ["string", "null"], "description": "Words for 0, 1, 2 … with semicolons."},
    "Units": {"type": ["string", "null"]}, "Site": {"type": ["string", "null"]},
    "CommonAddress": {"type": "number"}, "InformationObjectAddress": {"type": "number"},
    "InformationObjectAddressWrite": {"type": ["number", "null"]}, "Factor": {"type": ["number", "null"]},
    "IdSimet": {"type": ["number", "null"]},
    "Status": {"type": ["number", "string", "null"], "description": "Disable 0, Enable 1."},
    "Type": {"type": ["number", "string", "null"], "description": "AnalogInput 0, AnalogOutput 1, DigitalInput 2, DigitalOutput 3."}}},
"ImportProfile": {"type": "object", "additionalProperties": false, "description": "As the parameters of an import.", "properties": {
    "columns": {"type": "object", "additionalProperties": {"type": "string"}},
    "separator": {"type": "string", "enum": ["comma", "semicolon", "tab"]}, "sheet": {"type": "string", "maxLength": 100},
    "mode": {"type": "string", "enum": ["merge", "replace", "update-only"]},
    "faulty_rows": {"type": "string", "enum": ["refuse", "skip"]},
    "casdu": {"type": "integer", "minimum": 0, "maximum": 65535}}},
"ImportProfiles": {"type": "object", "required": ["profiles"], "properties": {"profiles": {"type": "array", "items": {
    "type": "object", "required": ["name", "settings"], "properties": {"name": {"type": "string"},
    "settings": {"$ref": "#/components/schemas/ImportProfile"}}}}}},
"Scripts": {"type": "object", "required": ["scripts", "refused"], "properties": {
    "scripts": {"type": "array", "items": {"type": "object", "required": ["name", "description", "inputs", "time_limit_s"],
        "properties": {"name": {"type": "string"}, "description": {"type": "string"},
        "inputs": {"type": "array", "items": {"type": "string"}}, "time_limit_s": {"type": "integer"}}}},
    "refused": {"type": "array", "items": {"type": "object", "required": ["name", "why"], "properties": {
        "name": {"type": "string"}, "why": {"type": "string"}}}}}},
"ScriptInputs": {"type": "object", "additionalProperties": false, "required": ["element"], "properties": {
    "element": {"type": "string", "minLength": 1, "maxLength": 64, "description": "A connector's id."},
    "device": {"type": "string", "maxLength": 5, "default": "ALL", "description": "ALL, or a CASDU: then its rows alone are taken."},
    "user": {"type": "string", "maxLength": 200, "description": "For the script; without one what is kept for the connector."}}},
"ScriptConfirmation": {"type": "object", "required": ["confirm", "expires"], "properties": {
    "confirm": {"type": "string"}, "expires": {"type": "string"}}},
"ScriptRun": {"type": "object", "additionalProperties": false, "required": ["element", "confirm"], "properties": {
    "element": {"type": "string", "minLength": 1, "maxLength": 64},
    "device": {"type": "string", "maxLength": 5, "default": "ALL"},
    "user": {"type": "string", "maxLength": 200}, "password": {"type": "string", "maxLength": 1000},
    "confirm": {"type": "string", "minLength": 1, "maxLength": 100, "description": "Of a confirmation of the same inputs."}}},
"ImportCredentials": {"type": "object", "additionalProperties": false, "required": ["user", "password"], "properties": {
    "user": {"type": "string", "maxLength": 200}, "password": {"type": "string", "maxLength": 1000}}},
"ImportCredentialsKept": {"type": "object", "required": ["kept"], "properties": {"kept": {"type": "boolean"}}}
})json";

}  // namespace

json::object script_schemas() { return json::parse(schemas).as_object(); }

}  // namespace busbar::manage
