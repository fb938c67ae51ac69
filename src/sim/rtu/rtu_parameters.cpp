#include "iec104/station/command_words.hpp"
#include "sim/rtu/rtu_session.hpp"
#include "sim/wire/object_json.hpp"

/// What an RTU does with parameters of its measured values.
namespace busbar::sim {

using iec60870::AsduView;
using iec60870::Cause;

namespace {

constexpr Octet all_loaded = 1, addressed_parameter = 2, cyclic_transmission = 3;  // QPA
constexpr std::chrono::seconds usual_period{10};

}  // namespace

void Rtu::serve_parameter(Session& session, const AsduView& request, TimePoint now) {
    const bool activates = request.header().cause == Cause::activation;
    const Cause confirmation = activates ? Cause::activation_con : Cause::deactivation_con;
    const bool loads = iec104::is_parameter_value(request.header().type);
    const auto verdict = loads ? parameters_.load(request) : activate(request, activates);
    if (verdict == Parameters::Verdict::accepted) {
        log_parameter(session, request);
        show_parameters(now);
    }
    const bool unknown = verdict == Parameters::Verdict::unknown;
    reply(session, request, unknown ? Cause::unknown_ioa : confirmation, verdict != Parameters::Verdict::accepted, now);
}

/// As a command is logged that the process obeys.
void Rtu::log_parameter(const Session& session, const AsduView& request) {
    const auto& header = request.header();
    JsonLine line = journal_.line("executed");
    line.add("connection", session.id());
    add_header(line, header, request[0].ioa);
    line.add("count", ++parameters_taken_[{header.common_address, request[0].ioa}]);
    add_element(line, header.type, request[0].element, journal_.now());
    line.end();
}

Parameters::Verdict Rtu::activate(const AsduView& request, bool on) {
    const Octet qualifier = request[0].element[0];
    const CommonAddress station = request.header().common_address;
    const Ioa ioa = request[0].ioa;
    const bool possible = qualifier >= all_loaded && qualifier <= cyclic_transmission && !request.header().test;
    if (!possible) return Parameters::Verdict::refused;
    if (qualifier == all_loaded) return parameters_.activate(station, 0, on);
    if (ioa == 0) return Parameters::Verdict::unknown;
    return qualifier == addressed_parameter ? parameters_.activate(station, ioa, on) : transmit(station, ioa, on);
}

/// Starts or stops cyclic transmission of a measured value.
Parameters::Verdict Rtu::transmit(CommonAddress station, Ioa ioa, bool on) {
    const auto found = by_address_.find({station, ioa});
    if (found == by_address_.end()) return Parameters::Verdict::unknown;
    const SimPoint& point = substation_.points[found->second];
    if (!is_measured(point.type)) return Parameters::Verdict::refused;
    auto attributes = point.attributes;
    if (attributes.cyclic.count() == 0) attributes.cyclic = usual_period;
    if (!on) attributes.cyclic = {};
    station_.set_attributes(station, ioa, attributes);
    changed_();
    return Parameters::Verdict::accepted;
}

/// Interrogations give what was loaded.
void Rtu::show_parameters(TimePoint now) {
    parameters_.for_each_loaded([&](const Parameters::Report& report) {
        iec104::ObjectUpdate update;
        update.common_address = report.object->common_address;
        update.ioa = report.object->ioa;
        update.type = report.object->type;
        update.element = report.element;
        update.event = false;
        update.position = {last_number_, 0};
        station_.update(update, now);
    });
    station_.flush(now);
}

}  // namespace busbar::sim
