#include "busbar/decode_words.hpp"

#include <fmt/format.h>

#include "base/time.hpp"

namespace busbar::program {

std::string time_text(sim::CaptureTime time) {
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
    char text[iso8601_size];
    const char* end = write_iso8601(text, milliseconds) - 1;  // without the Z
    return fmt::format("{}{:03}Z", std::string_view(text, static_cast<std::size_t>(end - text)),
                       (time - milliseconds).count());
}

std::string time_text(const iec60870::Cp56Time2a& tag) {
    return fmt::format("{:02}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}/{}{}{}{}", tag.year, tag.month, tag.day, tag.hour,
                       tag.minute, tag.milliseconds / 1000, tag.milliseconds % 1000, tag.day_of_week,
                       tag.invalid ? ",IV" : "", tag.summer ? ",SU" : "", tag.substituted ? ",GEN" : "");
}

std::string time_text(const iec60870::Cp24Time2a& tag) {
    return fmt::format("{:02}:{:02}.{:03}{}", tag.minute, tag.milliseconds / 1000, tag.milliseconds % 1000,
                       tag.invalid ? ",IV" : "");
}

}  // namespace busbar::program
