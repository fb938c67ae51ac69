#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace busbar::connector {

/// One field of `connectors:{ID}:status` and the metric it becomes.
struct MetricRow {
    std::string_view field, name;
    enum class Kind : std::uint8_t { counter, gauge } kind;
    std::string_view help;  // the same in all rows of one name
    struct Label {
        std::string_view name, value;
    };
    Label first = {}, second = {};
    double factor = 1;  // metrics have base units: seconds, bytes
};

/// Rows of one name stand together.
std::span<const MetricRow> metric_rows();

/// What the metrics text says beside the status fields.
struct MetricsSubject {
    std::string id;
    bool active = false, store_up = false;
    UtcTime now{};
};

/// A field of the status; nothing: it is not there (yet).
using StatusField = std::function<std::optional<std::string_view>(std::string_view field)>;

/// One connector in the text format of Prometheus. Nothing in it needs the store.
std::string metrics_text(const MetricsSubject& subject, const StatusField& field);

/// Every metric there is, as the guide's table.
std::string manual_of_metrics();

/// What a metrics file says of its connector, for whoever shows it.
struct ConnectorView {
    std::string state, detail;
    UtcTime heartbeat{};
};

/// Nothing: this is no metrics text of a connector.
std::optional<ConnectorView> read_metrics(std::string_view text);

}  // namespace busbar::connector
