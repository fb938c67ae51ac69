#include <boost/json.hpp>
#include <string_view>

#include "manage/rest/openapi.hpp"

namespace busbar::manage {

namespace {

constexpr std::string_view schemas = R"json({
"NewOpenId": {"type": "object", "required": ["issuer", "client_id"], "additionalProperties": false, "properties": {
    "issuer": {"type": "string", "minLength": 1, "maxLength": 500, "description": "https://…; http:// on this machine only."},
    "client_id": {"type": "string", "minLength": 1, "maxLength": 500},
    "client_secret": {"type": "string", "maxLength": 1000,
        "description": "Never shown. Left out: the present one stays, unless issuer or client_id change. \"\": a public client."},
    "scopes": {"type": "array", "maxItems": 30, "items": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!#-\\[\\]-~]+$"},
        "default": ["openid", "profile"]},
    "name_claim": {"type": "string", "minLength": 1, "maxLength": 200, "default": "preferred_username"},
    "role_claim": {"type": "string", "minLength": 1, "maxLength": 200, "default": "roles",
        "description": "A text or a list of texts; \"realm_access.roles\" is a member of a member."},
    "roles": {"type": "object", "maxProperties": 100, "additionalProperties": {"$ref": "#/components/schemas/Role"},
        "description": "Role by value of that claim; of several the highest."},
    "default_role": {"type": ["string", "null"], "enum": ["viewer", "operator", "engineer", null], "default": null,
        "description": "Of whoever has no value with a role; null: does not get in."},
    "title": {"type": "string", "minLength": 1, "maxLength": 100, "default": "OpenID Connect", "description": "Of the button."},
    "ca_file": {"type": "string", "maxLength": 1000, "description": "Authorities for the provider's certificate (PEM), instead of the system's."},
    "address": {"type": "string", "maxLength": 500,
        "description": "Of this service as browsers see it, https://busbar.example:8104; without it as the request names it."}}},
"OpenId": {"type": "object", "required": ["issuer", "client_id", "has_client_secret", "scopes", "name_claim", "role_claim", "roles",
    "default_role", "title", "ca_file", "address"], "properties": {
    "issuer": {"type": "string"}, "client_id": {"type": "string"}, "has_client_secret": {"type": "boolean"},
    "scopes": {"type": "array"}, "name_claim": {"type": "string"}, "role_claim": {"type": "string"}, "roles": {"type": "object"},
    "default_role": {"type": ["string", "null"]}, "title": {"type": "string"}, "ca_file": {"type": "string"}, "address": {"type": "string"}}},
"OpenIdOffer": {"type": "object", "required": ["title"], "properties": {"title": {"type": ["string", "null"]}}}
})json";

}  // namespace

boost::json::object openid_schemas() { return boost::json::parse(schemas).as_object(); }

}  // namespace busbar::manage
