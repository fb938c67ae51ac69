#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "point/point.hpp"
#include "store/keys.hpp"

namespace busbar::program {

/// What stands at a place in the store, as one line for people or for scripts.
class PointText {
public:
    explicit PointText(bool json) : json_(json) {}

    /// The headings above the lines; empty for scripts.
    std::string heading() const;
    /// `text` is what lies in the store. A text that is no point gives a line that says why. `entry`: the id of the
    /// stream entry it stands in, or empty. `source`: who wrote it, where the point does not say.
    std::string line(store::ImageAddress address, std::string_view text, std::string_view entry = {},
                     std::string_view source = {}) const;

private:
    bool json_;
};

/// "23.5", "true", "GS=1 SL1=0".
std::string value_text(const point::Point& point);
/// "IV,NT"; empty if good.
std::string quality_text(point::Quality quality);

}  // namespace busbar::program
