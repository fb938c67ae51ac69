#include "connector/common/metrics.hpp"

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <charconv>
#include <utility>
#include <vector>

namespace busbar::connector {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::size_t longest_detail = 200;
constexpr std::array<std::string_view, 4> states{"Starting", "Running", "Error", "Stopped"};

/// A metric that is no field of the status, or more than its number.
struct Special {
    std::string_view name, labels, help;
};
constexpr Special build_info{"busbar_build_info", "id, kind, instance, version",
                             "Always 1; what is running is in the labels"};
constexpr Special state{"busbar_connector_state", "id, state",
                        "1 for the state the connector is in (Starting, Running, Error, Stopped), 0 for the others"};
constexpr Special detail{"busbar_connector_detail", "id, detail",
                         "Always 1; the reason of an error or another remark, not there if there is none"};
constexpr Special active{"busbar_connector_active", "id",
                         "1 if this process works, 0 if it stands by or has not begun"};
constexpr Special heartbeat{"busbar_connector_heartbeat_timestamp_seconds", "id",
                            "When this was written: every 2 s, and when the state changes"};
constexpr Special store_up{"busbar_store_up", "id", "1 if the store takes what is written"};
constexpr std::array specials{build_info, state, detail, active, heartbeat, store_up};

/// Printable ASCII, because a label must be UTF-8 and a reason may quote anybody's octets.
std::string label_text(std::string_view text) {
    std::string made(text.substr(0, longest_detail));
    for (char& character : made)
        if (character < 0x20 || character > 0x7e) character = '?';
    return made;
}

MetricFamily family(std::string_view name, std::string_view help, MetricType type) {
    MetricFamily made;
    made.name = name;
    made.help = help;
    made.type = type;
    return made;
}

class Page {
public:
    explicit Page(std::string_view id) : id_(label_text(id)) {}

    void begin(std::string_view name, std::string_view help, MetricType type) {
        if (families_.empty() || families_.back().name != name) families_.push_back(family(name, help, type));
    }
    void add(std::initializer_list<MetricRow::Label> labels, double value) {
        ClientMetric metric;
        metric.label.push_back({"id", id_});
        for (const auto& [name, text] : labels)
            if (!name.empty()) metric.label.push_back({std::string(name), label_text(text)});
        auto& last = families_.back();
        (last.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
        last.metric.push_back(std::move(metric));
    }
    void add(const Special& special, std::initializer_list<MetricRow::Label> labels, double value) {
        begin(special.name, special.help, MetricType::Gauge);
        add(labels, value);
    }
    std::string text() const { return prometheus::TextSerializer{}.Serialize(families_); }

private:
    std::string id_;
    std::vector<MetricFamily> families_;
};

std::optional<double> number_of(std::optional<std::string_view> text) {
    std::int64_t number = 0;
    if (!text) return std::nullopt;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (fault != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return static_cast<double>(number);
}

void add_specials(Page& page, const MetricsSubject& subject, const StatusField& field) {
    const auto text = [&](std::string_view name) { return field(name).value_or(""); };
    page.add(build_info, {{"kind", text("kind")}, {"instance", text("instance")}, {"version", text("version")}}, 1);
    for (const auto name : states) page.add(state, {{"state", name}}, name == text("state") ? 1 : 0);
    if (!text("detail").empty()) page.add(detail, {{"detail", text("detail")}}, 1);
    page.add(active, {}, subject.active ? 1 : 0);
    page.add(heartbeat, {}, static_cast<double>(subject.now.time_since_epoch().count()) / 1000);
    page.add(store_up, {}, subject.store_up ? 1 : 0);
}

MetricType type_of(const MetricRow& row) {
    return row.kind == MetricRow::Kind::counter ? MetricType::Counter : MetricType::Gauge;
}

}  // namespace

std::string metrics_text(const MetricsSubject& subject, const StatusField& field) {
    Page page(subject.id);
    add_specials(page, subject, field);
    for (const auto& row : metric_rows()) {
        const auto number = number_of(field(row.field));
        if (!number) continue;
        page.begin(row.name, row.help, type_of(row));
        page.add({row.first, row.second}, *number * row.factor);
    }
    return page.text();
}

std::string manual_of_metrics() {
    std::string text = "| metric | kind | labels | meaning |\n|---|---|---|---|\n";
    for (const auto& special : specials)
        text += fmt::format("| `{}` | gauge | {} | {} |\n", special.name, special.labels, special.help);
    std::string_view before;
    for (const auto& row : metric_rows()) {
        if (std::exchange(before, row.name) == row.name) continue;
        std::string labels = "id";
        for (const auto& label : {row.first, row.second})
            if (!label.name.empty()) labels += fmt::format(", {}", label.name);
        text += fmt::format("| `{}` | {} | {} | {} |\n", row.name,
                            row.kind == MetricRow::Kind::counter ? "counter" : "gauge", labels, row.help);
    }
    return text;
}

}  // namespace busbar::connector
