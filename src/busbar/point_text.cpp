#include "busbar/point_text.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "connector/common/wanted_point.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::program {

namespace {

constexpr std::string_view columns = "{:>6} {:>9}  {:<14} {:<16} {:<10} {:>3}  {:<24}  {}";

std::string type_text(std::uint8_t type) {
    const auto* description = iec60870::find_type(type);
    return description ? fmt::format("{} {}", type, description->name) : std::to_string(type);
}

std::string time_text(const std::optional<UtcTime>& time) {
    if (!time) return "-";
    std::string text(iso8601_size, '\0');
    write_iso8601(text.data(), *time);
    return text;
}

std::string error_line(store::ImageAddress address, const Error& error) {
    return boost::json::serialize(
        boost::json::object{{"casdu", address.casdu}, {"ioa", address.ioa}, {"error", error.what}});
}

/// Text of others may hold what would move the cursor or change colours.
std::string printable(std::string_view text) {
    std::string safe;
    for (const char character : text)
        safe += static_cast<unsigned char>(character) < 0x20 || character == 0x7f ? '?' : character;
    return safe;
}

}  // namespace

std::string value_text(const point::Point& point) {
    struct Text {
        bool is_float;
        std::string operator()(std::monostate) const { return "-"; }
        std::string operator()(bool on) const { return on ? "true" : "false"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(double number) const {
            if (std::isnan(number)) return "NaN";
            if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
            return is_float ? fmt::format("{}", static_cast<float>(number)) : fmt::format("{}", number);
        }
        std::string operator()(const point::Composite& composite) const {
            std::string text;
            for (std::size_t index = 0; index < composite.size; ++index)
                text += fmt::format("{}{}={}", index == 0 ? "" : " ", composite.members[index].name,
                                    composite.members[index].number);
            return text;
        }
    };
    return std::visit(Text{point::is_float_type(point.type)}, point.value);
}

std::string quality_text(point::Quality quality) {
    std::string text;
    for (const point::FlagName& flag : point::flag_names)
        if (quality.has(flag.flag)) text += fmt::format("{}{}", text.empty() ? "" : ",", flag.name);
    return text;
}

std::string PointText::heading() const {
    if (json_) return {};
    return fmt::format(fmt::runtime(columns), "CASDU", "IOA", "TYPE", "VALUE", "QUALITY", "COT", "TIME", "SOURCE") +
           "\n";
}

std::string PointText::line(store::ImageAddress address, std::string_view text, std::string_view entry,
                            std::string_view source) const {
    auto point = point::read_json(text);
    if (!point) {
        if (json_) return error_line(address, point.error()) + "\n";
        return fmt::format("{:>6} {:>9}  unusable: {}\n", address.casdu, address.ioa, printable(point.error().what));
    }
    point->casdu = address.casdu;
    point->ioa = address.ioa;
    if (point->source.empty()) point->source = source;
    if (json_) {
        const std::string json = connector::json_text(*point);
        return entry.empty() ? json + "\n" : fmt::format("{{\"entry\":\"{}\",{}\n", entry, json.substr(1));
    }
    const std::string quality = quality_text(point->quality);
    return fmt::format(fmt::runtime(columns), point->casdu, point->ioa, type_text(point->type), value_text(*point),
                       quality.empty() ? "good" : quality, point->cot, time_text(point->time),
                       printable(point->source)) +
           "\n";
}

}  // namespace busbar::program
