#include "manage/live/point_texts.hpp"

#include "manage/live/point_list.hpp"

namespace busbar::manage {

const std::string& PointTexts::of(const LivePoint& point, const PointTable& table) {
    Text& text = texts_[point.change % most];
    if (text.change == point.change) return text.json;
    written_.clear();
    write_value(written_, point, table);
    if (written_.size() > longest) return written_;
    text = {point.change, std::string(written_)};
    return text.json;
}

}  // namespace busbar::manage
