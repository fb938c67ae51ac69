#include "iec104/station/command_words.hpp"

#include <algorithm>
#include <optional>

#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec104 {

namespace {

/// Where S/E lies: in front for single, double and step commands, behind the value for set points.
std::optional<unsigned> select_bit(const iec60870::TypeDescription& type) {
    const auto field = std::ranges::find(type.fields, "select", &iec60870::FieldDescription::key);
    return field == type.fields.end() ? std::nullopt : std::optional(field->first_bit);
}

}  // namespace

bool is_selection(const iec60870::AsduView& command) {
    const auto bit = select_bit(*command.description());
    return bit && (command[0].element[*bit / 8] >> *bit % 8 & 1) != 0;
}

CommandIdentity identity_of(const iec60870::AsduView& command) {
    const auto& type = *command.description();
    const Octets element = command[0].element;
    CommandIdentity identity{command.header().originator, type.id, {}};
    std::ranges::copy(element.first(element.size() - type.time_tag_size()), identity.element.begin());
    if (is_parameter_value(type.id)) identity.element[element.size() - 1] &= 0x3f;
    if (const auto bit = select_bit(type)) identity.element[*bit / 8] &= static_cast<Octet>(~(1u << *bit % 8));
    return identity;
}

}  // namespace busbar::iec104
