#pragma once

#include <optional>
#include <string>

#include "iec60870/asdu/asdu.hpp"
#include "sim/wire/json_line.hpp"

namespace busbar::sim {

/// Adds what an element says, in the words of the store contract: `value` (an object of its bit runs where the type has
/// no single value), `quality` (types that have one), `sequence`, `qualifier`, `select`, `time` and `time_flags`
/// (UTC; 24-bit time tags are completed from `received`), then `raw`, all its octets. Types without a description get
/// `raw` only.
void add_element(JsonLine& line, iec60870::TypeId type, Octets element, UtcTime received);

/// Adds the header's members: `casdu`, `ioa` if given, `type`, `cot`, and `oa`, `negative`, `test` where they are set.
void add_header(JsonLine& line, const iec60870::AsduHeader& header, std::optional<iec60870::Ioa> ioa = {});

/// The value alone, as add_element would write it: "true", "-12.5", "\"NaN\"", "{…}".
std::string value_text(iec60870::TypeId type, Octets element);

/// The set quality flags: "IV NT", empty if good.
std::string quality_text(iec60870::TypeId type, Octets element);

/// The time tag in UTC; nothing if the type has none or there is no such time.
std::optional<UtcTime> time_of(iec60870::TypeId type, Octets element, UtcTime received);

}  // namespace busbar::sim
