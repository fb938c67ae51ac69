#include "iec104/station/object_update.hpp"

#include "iec104/station/command_words.hpp"

namespace busbar::iec104 {

namespace {

constexpr TypeId last_process_type = 40;
constexpr std::size_t cp56_size = 7;

}  // namespace

const iec60870::TypeDescription* sendable_type(const ObjectUpdate& update, const AsduFormat& format) {
    if (update.common_address == 0 || update.common_address > highest_station(format)) return nullptr;
    if (update.ioa == 0 || update.ioa > highest_ioa(format)) return nullptr;
    if (const unsigned size = format.private_size(update.type); size != 0) {
        const bool plain = !update.image && update.time_tag.empty() && update.element.size() == size;
        return plain ? &iec60870::private_type(update.type) : nullptr;
    }
    const bool parameter = is_parameter_value(update.type) && !update.event;  // is interrogated, never spontaneous
    if (update.type > last_process_type && !parameter) return nullptr;
    if (!update.time_tag.empty() && update.time_tag.size() != cp56_size) return nullptr;
    const auto* type = iec60870::find_type(update.type);
    return type != nullptr && update.element.size() == type->size ? type : nullptr;
}

}  // namespace busbar::iec104
