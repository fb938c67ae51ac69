#include "store/retention.hpp"

#include <boost/json.hpp>

namespace busbar::store {

namespace {

namespace json = boost::json;

/// A positive number, or nothing for null and what is missing.
Result<std::optional<std::uint64_t>> read_limit(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    if (value == nullptr || value->is_null()) return std::nullopt;
    boost::system::error_code error;
    const auto number = value->to_number<std::uint64_t>(error);
    if (error || number == 0) return fail(std::string(member) + ": must be a whole number above 0, or null");
    return number;
}

Result<std::vector<Retention::Consumer>> read_required(const json::object& object) {
    std::vector<Retention::Consumer> required;
    const auto* value = object.if_contains("required");
    if (value == nullptr || value->is_null()) return required;
    const auto* names = value->if_array();
    if (names == nullptr) return fail("required: must be a list of \"connector/group\"");
    for (const auto& name : *names) {
        const std::string_view text = name.is_string() ? std::string_view(name.get_string()) : std::string_view();
        const auto slash = text.find('/');
        if (slash == 0 || slash >= text.size() - 1) return fail("required: each must be \"connector/group\"");
        required.push_back({std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))});
    }
    return required;
}

}  // namespace

Result<Retention> read_retention(std::string_view text) {
    boost::system::error_code error;
    const auto parsed = json::parse(text, error);
    if (error) return fail("is no JSON: " + error.message());
    const auto* object = parsed.if_object();
    if (object == nullptr) return fail("must be an object");
    Retention retention;
    const auto entries = read_limit(*object, "entries");
    if (!entries) return tl::make_unexpected(entries.error());
    const auto bytes = read_limit(*object, "bytes");
    if (!bytes) return tl::make_unexpected(bytes.error());
    const auto age = read_limit(*object, "age");
    if (!age) return tl::make_unexpected(age.error());
    auto required = read_required(*object);
    if (!required) return tl::make_unexpected(required.error());
    retention.entries = *entries;
    retention.bytes = *bytes;
    if (*age) retention.age = std::chrono::seconds{**age};
    retention.required = std::move(*required);
    return retention;
}

}  // namespace busbar::store
