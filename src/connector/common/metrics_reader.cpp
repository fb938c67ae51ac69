#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "connector/common/metrics.hpp"

namespace busbar::connector {

namespace {

struct Sample {
    std::string_view labels;
    std::string value;
};

/// The sample in a line of `metric`, if it is one: NAME{labels} value.
std::optional<Sample> sample_of(std::string_view line, std::string_view metric) {
    if (!line.starts_with(metric)) return std::nullopt;
    line.remove_prefix(metric.size());
    const auto end = line.rfind("} ");
    if (!line.starts_with('{') || end == std::string_view::npos) return std::nullopt;
    return Sample{line.substr(1, end - 1), std::string(line.substr(end + 2))};
}

/// The value of the last label, which is the one called `name`, with its escapes undone.
std::string last_label(std::string_view labels, std::string_view name) {
    const std::string begin = "," + std::string(name) + "=\"";
    const auto at = labels.find(begin);
    std::string text;
    if (at == std::string_view::npos) return text;
    for (auto i = at + begin.size(); i < labels.size() && labels[i] != '"'; ++i) {
        if (labels[i] == '\\' && i + 1 < labels.size()) ++i;
        text += labels[i];
    }
    return text;
}

}  // namespace

std::optional<ConnectorView> read_metrics(std::string_view text) {
    ConnectorView view;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (const auto state = sample_of(line, "busbar_connector_state"); state && state->value == "1") {
            view.state = last_label(state->labels, "state");
        } else if (const auto detail = sample_of(line, "busbar_connector_detail")) {
            view.detail = last_label(detail->labels, "detail");
        } else if (const auto beat = sample_of(line, "busbar_connector_heartbeat_timestamp_seconds")) {
            view.heartbeat =
                UtcTime(std::chrono::milliseconds(std::llround(std::strtod(beat->value.c_str(), nullptr) * 1000)));
        }
    }
    if (view.state.empty()) return std::nullopt;
    return view;
}

}  // namespace busbar::connector
