#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "config/findings.hpp"
#include "config/table/option.hpp"
#include "config/values.hpp"

namespace busbar::config {

/// Reads JSON into a described struct: members that are missing keep what the struct has, faulty ones too. Every fault
/// is noted with its path and what would have been right; an unknown member is a warning.
class Reader {
public:
    explicit Reader(Findings& findings) : findings_(findings) {}

    template <Described Struct>
    void read(const boost::json::value& json, Struct& into) {
        const boost::json::object* object = json.if_object();
        if (!object) return wrong(json, "a table of members (an object)");
        if (read_members(*object, into) != object->size()) warn_of_unknown<Struct>(*object);
    }

private:
    /// What a row asks of its value.
    struct Rules {
        std::string_view unit;
        Range range;
        unsigned marks;
        const Syntax* syntax;
    };

    /// Where in the document: one member or element deeper as long as it lives.
    class Step {
    public:
        Step(Reader& reader, std::string_view key);
        Step(Reader& reader, std::size_t index);
        ~Step() { path_.resize(length_); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

    private:
        std::string& path_;
        std::size_t length_;
    };

    template <Described Struct>
    std::size_t read_members(const boost::json::object& object, Struct& into) {
        std::size_t found = 0;
        for_each_option<Struct>([&](const auto& option) {
            auto& member = into.*option.member;
            if constexpr (Described<std::remove_reference_t<decltype(member)>>) {
                if (option.key.empty()) return void(found += read_members(object, member));
            }
            const boost::json::value* json = object.if_contains(option.key);
            if (json) {
                ++found;
                const Step step(*this, option.key);
                read_value(*json, member, Rules{option.unit, option.range, option.marks, option.syntax});
            } else if (option.marks & required) {
                const Step step(*this, option.key);
                findings_.fault(path_, "is missing");
            }
        });
        return found;
    }

    template <Described Struct>
    void read_value(const boost::json::value& json, Struct& into, const Rules&) {
        read(json, into);
    }

    template <class Value>
    void read_value(const boost::json::value& json, std::optional<Value>& into, const Rules& rules) {
        if (json.is_null()) return into.reset();
        Value value = into.value_or(Value{});
        read_value(json, value, rules);
        into = std::move(value);
    }

    template <class Value>
    void read_value(const boost::json::value& json, std::vector<Value>& into, const Rules& rules) {
        const boost::json::array* array = json.if_array();
        if (!array) return wrong(json, "a list");
        std::vector<Value> list(array->size());
        for (std::size_t index = 0; index < list.size(); ++index) {
            const Step step(*this, index);
            read_value((*array)[index], list[index], rules);
        }
        into = std::move(list);
    }

    template <class... Alternatives>
    void read_value(const boost::json::value& json, std::variant<Alternatives...>& into, const Rules&) {
        const boost::json::object* object = json.if_object();
        if (!object) return wrong(json, "a table of members (an object)");
        std::size_t chosen = 0;
        if (const boost::json::value* word = object->if_contains(discriminator)) {
            const Step step(*this, discriminator);
            const auto index = choice(*word, names<std::variant<Alternatives...>>);
            if (!index) return;
            chosen = *index;
        }
        std::size_t index = 0;
        ((index++ == chosen ? read_alternative<Alternatives>(*object, into) : void()), ...);
    }

    template <class Alternative, class Variant>
    void read_alternative(const boost::json::object& object, Variant& into) {
        if (!std::holds_alternative<Alternative>(into)) into.template emplace<Alternative>();
        const std::size_t words = object.contains(discriminator) ? 1 : 0;
        if (read_members(object, std::get<Alternative>(into)) + words != object.size())
            warn_of_unknown<Alternative>(object, discriminator);
    }

    template <Named Enumeration>
    void read_value(const boost::json::value& json, Enumeration& into, const Rules&) {
        if (const auto index = choice(json, names<Enumeration>)) into = static_cast<Enumeration>(*index);
    }

    template <std::unsigned_integral Integer>
    void read_value(const boost::json::value& json, Integer& into, const Rules& rules) {
        if (const auto number = whole_number(json, rules)) into = static_cast<Integer>(*number);
    }

    void read_value(const boost::json::value& json, std::chrono::seconds& into, const Rules& rules) {
        if (const auto number = whole_number(json, rules)) into = std::chrono::seconds(*number);
    }

    void read_value(const boost::json::value& json, std::chrono::minutes& into, const Rules& rules) {
        if (const auto number = whole_number(json, rules)) into = std::chrono::minutes(*number);
    }

    void read_value(const boost::json::value& json, WholeMilliseconds& into, const Rules& rules) {
        if (const auto number = whole_number(json, rules))
            into = WholeMilliseconds(static_cast<WholeMilliseconds::rep>(*number));
    }

    void read_value(const boost::json::value& json, std::chrono::milliseconds& into, const Rules& rules);
    void read_value(const boost::json::value& json, bool& into, const Rules& rules);
    void read_value(const boost::json::value& json, double& into, const Rules& rules);
    void read_value(const boost::json::value& json, std::string& into, const Rules& rules);
    void read_value(const boost::json::value& json, Endpoint& into, const Rules& rules);

    /// The row's range keeps the number within the member's type.
    std::optional<std::int64_t> whole_number(const boost::json::value& json, const Rules& rules);
    std::optional<double> number(const boost::json::value& json, const Rules& rules);
    template <std::size_t Count>
    std::optional<std::size_t> choice(const boost::json::value& json,
                                      const std::array<std::string_view, Count>& words) {
        return choice(json, words.data(), Count);
    }
    std::optional<std::size_t> choice(const boost::json::value& json, const std::string_view* words, std::size_t count);

    template <Described Struct>
    static bool is_known(std::string_view key) {
        bool known = false;
        for_each_option<Struct>([&](const auto& option) {
            using Member = std::remove_cvref_t<decltype(std::declval<Struct>().*option.member)>;
            if constexpr (Described<Member>) {
                if (option.key.empty()) return void(known = known || is_known<Member>(key));
            }
            known = known || option.key == key;
        });
        return known;
    }

    template <Described Struct>
    void warn_of_unknown(const boost::json::object& object, std::string_view also_known = {}) {
        for (const auto& [key, value] : object) {
            // null says "not there": newer versions may have a member of that name.
            if (!value.is_null() && key != also_known && !is_known<Struct>(key)) unknown(key);
        }
    }

    void unknown(std::string_view key);
    void wrong(const boost::json::value& json, std::string_view must_be);

    Findings& findings_;
    std::string path_;
};

}  // namespace busbar::config
