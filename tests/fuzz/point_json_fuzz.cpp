// Any text as a point: no crash, borrowed texts inside the text, and what was read is written and read the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "point/point.hpp"

namespace {

using namespace busbar;

void check(bool good) {
    if (!good) std::abort();
}

bool lies_in(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

std::string written(const point::Point& point) {
    std::string text(point::max_json_size + 6 * (point.source.size() + point.reason.size()), '\0');
    text.resize(static_cast<std::size_t>(write_json(text.data(), point) - text.data()));
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const auto point = point::read_json(text);
    if (!point) {
        check(!point.error().what.empty());
        return 0;
    }
    check(lies_in(point->source, text) && lies_in(point->reason, text));
    if (const auto* composite = std::get_if<point::Composite>(&point->value)) {
        for (unsigned i = 0; i < composite->size; ++i) check(lies_in(composite->members[i].name, text));
    }
    const std::string once = written(*point);
    const auto again = point::read_json(once);
    check(again.has_value());
    check(written(*again) == once);
    return 0;
}
