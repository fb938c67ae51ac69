#include "manage/actions/difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <string_view>
#include <utility>

namespace busbar::manage {

namespace json = boost::json;

namespace {

/// What tells an element from others of its list; empty: nothing does.
std::string identity_of(const json::value& element) {
    const auto* object = element.if_object();
    if (object == nullptr) return {};
    const auto text = [object](std::string_view member) -> std::string {
        const auto* value = object->if_contains(member);
        if (value == nullptr) return {};
        return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
    };
    if (object->contains("casdu") && object->contains("ioa"))
        return fmt::format("{}/{}{}", text("casdu"), text("ioa"), text("command") == "true" ? " command" : "");
    for (const auto member : {"id", "casdu", "name"}) {
        if (auto identity = text(member); !identity.empty()) return identity;
    }
    return {};
}

/// By identity; nothing: some element has none, or two have the same.
std::optional<std::map<std::string, std::size_t>> by_identity(const json::array& list) {
    std::map<std::string, std::size_t> places;
    for (std::size_t place = 0; place < list.size(); ++place) {
        auto identity = identity_of(list[place]);
        if (identity.empty() || !places.emplace(std::move(identity), place).second) return std::nullopt;
    }
    return places;
}

class Comparison {
public:
    explicit Comparison(std::size_t most) : most_(most) {}

    void compare(const std::string& where, const json::value* before, const json::value* after) {
        if (found_.size() >= most_) return;
        if (before != nullptr && after != nullptr) {
            if (*before == *after) return;
            if (before->is_object() && after->is_object())
                return compare_members(where, before->get_object(), after->get_object());
            if (before->is_array() && after->is_array())
                return compare_lists(where, before->get_array(), after->get_array());
        }
        Difference found{where, std::nullopt, std::nullopt};
        if (before != nullptr) found.before = *before;
        if (after != nullptr) found.after = *after;
        found_.push_back(std::move(found));
    }

    std::vector<Difference> take() { return std::move(found_); }

private:
    void compare_members(const std::string& where, const json::object& before, const json::object& after) {
        const auto place = [&where](std::string_view key) {
            return where.empty() ? std::string(key) : fmt::format("{}.{}", where, key);
        };
        for (const auto& [key, value] : after) compare(place(key), before.if_contains(key), &value);
        for (const auto& [key, value] : before) {
            if (!after.contains(key)) compare(place(key), &value, nullptr);
        }
    }

    void compare_lists(const std::string& where, const json::array& before, const json::array& after) {
        const auto old_places = by_identity(before), new_places = by_identity(after);
        if (old_places && new_places) return compare_named(where, before, *old_places, after, *new_places);
        for (std::size_t place = 0; place < std::max(before.size(), after.size()); ++place)
            compare(fmt::format("{}[{}]", where, place), place < before.size() ? &before[place] : nullptr,
                    place < after.size() ? &after[place] : nullptr);
    }

    using Places = std::map<std::string, std::size_t>;
    void compare_named(const std::string& where, const json::array& before, const Places& old_places,
                       const json::array& after, const Places& new_places) {
        const auto name = [&where](const std::string& identity) {
            return where.empty() ? identity : fmt::format("{}[{}]", where, identity);
        };
        for (const auto& [identity, place] : new_places) {
            const auto old = old_places.find(identity);
            compare(name(identity), old == old_places.end() ? nullptr : &before[old->second], &after[place]);
        }
        for (const auto& [identity, place] : old_places) {
            if (!new_places.contains(identity)) compare(name(identity), &before[place], nullptr);
        }
    }

    std::size_t most_;
    std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> differences(const json::value& before, const json::value& after, std::size_t most) {
    Comparison comparison(most);
    comparison.compare("", &before, &after);
    return comparison.take();
}

}  // namespace busbar::manage
