#include "manage/actions/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <fstream>

#include "config/file.hpp"
#include "connector/common/metrics.hpp"
#include "manage/database/columns.hpp"
#include "manage/live/live.hpp"

namespace busbar::manage {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::size_t longest_file = std::size_t{1} << 20;

class Page {
public:
    void begin(std::string name, std::string help, MetricType type = MetricType::Gauge) {
        families_.push_back({std::move(name), std::move(help), type, {}});
    }
    void add(double value, std::vector<ClientMetric::Label> labels = {}) {
        ClientMetric metric;
        metric.label = std::move(labels);
        auto& family = families_.back();
        (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
        family.metric.push_back(std::move(metric));
    }
    void one(std::string name, std::string help, double value, MetricType type = MetricType::Gauge) {
        begin(std::move(name), std::move(help), type);
        add(value);
    }
    std::string text() const { return prometheus::TextSerializer{}.Serialize(families_); }

private:
    std::vector<MetricFamily> families_;
};

double resident_octets() {
    std::ifstream file("/proc/self/statm");
    long whole = 0, resident = 0;
    file >> whole >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double processor_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string text_of_service(const Installation& installation) {
    Page page;
    page.begin("busbar_management_build_info", "Always 1; what is running is in the label");
    page.add(1, {{"version", BUSBAR_VERSION}});
    page.one("busbar_management_store_up", "1 if the store is there", installation.store.is_connected() ? 1 : 0);
    page.one("busbar_management_points", "Points that the service knows of",
             double(installation.live.points.table().size()));
    page.one("busbar_management_live_clients", "Clients that watch over a WebSocket or by server-sent events",
             double(installation.live.hub.clients()));
    page.one("busbar_management_memory_bytes", "Resident memory of the service", resident_octets());
    page.one("busbar_management_processor_seconds_total", "Processor time of the service", processor_seconds(),
             MetricType::Counter);
    page.begin("busbar_connector_process_up", "1 if the connector's process runs");
    for (const auto& id : installation.states.ids()) {
        const auto view = installation.supervision.view(id);
        if (view && view->state == ProcessView::State::elsewhere) continue;
        page.add(view && view->state == ProcessView::State::running ? 1 : 0, {{"id", id}});
    }
    page.begin("busbar_connector_process_starts_total", "How often the process was started", MetricType::Counter);
    for (const auto& id : installation.states.ids()) {
        const auto view = installation.supervision.view(id);
        if (view && view->state != ProcessView::State::elsewhere) page.add(view->starts, {{"id", id}});
    }
    return page.text() + prometheus::TextSerializer{}.Serialize(installation.requests.families());
}

/// Of a connector that runs elsewhere: by what it says in the store.
std::string text_of_status(const Installation& installation, const std::string& id) {
    const auto& fields = installation.states.fields(id);
    const auto field = [&fields](std::string_view name) -> std::optional<std::string_view> {
        const auto found = fields.find(name);
        return found == fields.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    };
    const auto heartbeat = field("heartbeat");
    if (!heartbeat) return {};
    std::int64_t at = 0;
    std::from_chars(heartbeat->data(), heartbeat->data() + heartbeat->size(), at);
    const bool running = field("state") == "Running";
    return connector::metrics_text({id, running, installation.store.is_connected(), from_ms(at)}, field);
}

/// "busbar_x" of a sample "busbar_x{…} 1" or of a header "# HELP busbar_x …"; empty: something else.
std::string_view family_of(std::string_view line) {
    if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) line.remove_prefix(7);
    if (!line.starts_with("busbar_")) return {};
    return line.substr(0, line.find_first_of(" {"));
}

/// Samples of a histogram have names of their own, and follow its header.
bool belongs(std::string_view name, std::string_view family) {
    return name == family || (name.starts_with(family) &&
                              (name.ends_with("_bucket") || name.ends_with("_sum") || name.ends_with("_count")));
}

}  // namespace

std::string merge_metrics(const std::vector<std::string>& texts) {
    struct Family {
        std::string header, samples;
    };
    std::map<std::string, Family, std::less<>> families;
    for (const std::string_view text : texts) {
        std::string_view current;
        bool known = false;
        for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
            const auto line = text.substr(begin, end - begin + 1);
            const auto name = family_of(line);
            if (name.empty()) continue;
            if (line.starts_with('#')) {
                if (std::exchange(current, name) != name) known = families.contains(name);
                if (!known) families[std::string(name)].header += line;
            } else if (belongs(name, current)) {
                families[std::string(current)].samples += line;
            }
        }
    }
    std::string all;
    for (const auto& [name, family] : families) all += family.header + family.samples;
    return all;
}

std::string metrics_of(const Installation& installation) {
    std::vector<std::string> texts{text_of_service(installation)};
    for (const auto& id : installation.states.ids()) {
        auto text = config::read_file(installation.supervision.metrics_file(id), longest_file);
        texts.push_back(text ? std::move(*text) : text_of_status(installation, id));
    }
    return merge_metrics(texts);
}

}  // namespace busbar::manage
