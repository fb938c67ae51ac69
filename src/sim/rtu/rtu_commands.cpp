#include <algorithm>
#include <utility>

#include "iec104/station/command_words.hpp"
#include "iec60870/asdu/type_table.hpp"
#include "sim/rtu/rtu_session.hpp"
#include "sim/wire/object_json.hpp"

/// What an RTU does with commands, beside the judgement of CommandDesk.
namespace busbar::sim {
namespace {

using iec60870::AsduView;
using iec60870::Cause;
using iec60870::TypeId;

constexpr TypeId counter_interrogation = 101, reset_process = 105;

void add_command(JsonLine& line, const AsduView& asdu, UtcTime now) {
    add_header(line, asdu.header(), asdu[0].ioa);
    add_element(line, asdu.header().type, asdu[0].element, now);
}

/// What a status point says after a command: a switch follows the order, a step is taken, a set point is reached.
double status_after(const SimCommand& command, double order, const SimPoint& status) {
    const bool double_point = status.type == 3 || status.type == 4 || status.type == 31;
    if (command.type == 45) return double_point ? order + 1 : order;
    if (command.type == 46) return double_point ? order : order - 1;
    if (command.type == 47) return status.value.number + (order == 2 ? 1 : -1);
    return order;
}

}  // namespace

void Rtu::receive_command(Session& session, Octets octets, TimePoint now) {
    const auto asdu = AsduView::parse(octets, config_.station.format);
    if (!asdu || asdu->size() == 0) return;  // the station has checked it already
    JsonLine line = journal_.line("command");
    line.add("connection", session.id());
    add_command(line, *asdu, journal_.now());
    line.end();
    const TypeId type = asdu->header().type;
    if (iec104::is_command(type)) {
        desk_.receive(session.id(), *asdu, now, journal_.now());
    } else if (iec104::is_parameter(type)) {
        serve_parameter(session, *asdu, now);
    } else if (type == counter_interrogation) {
        serve_counters(session, *asdu, now);
    } else if (type == reset_process) {
        serve_reset(session, *asdu, now);
    } else {
        reply(session, *asdu, Cause::unknown_type, true, now);  // files are no type of this RTU's
    }
    take_steps(now);
}

void Rtu::reply(Session& session, const AsduView& request, Cause cause, bool negative, TimePoint now) {
    OctetBuffer mirrored(request.octets().size());
    iec60870::mirror(request.octets(), cause, negative, mirrored, config_.station.format);
    answer(session.id(), mirrored, now);
}

void Rtu::take_steps(TimePoint now) {
    for (CommandDesk::Step& step : desk_.take_steps()) {
        if (const auto* mirrored = std::get_if<CommandDesk::Answer>(&step)) {
            answer(mirrored->session, mirrored->asdu, now);
        } else if (const auto* execution = std::get_if<CommandDesk::Execution>(&step)) {
            execute(*execution);
        } else {
            complete(std::get<CommandDesk::Completion>(step), now);
        }
    }
    journal_.flush();
}

/// The journal has the answer before it leaves. Answers to a connection that has gone go nowhere.
void Rtu::answer(CommandDesk::SessionId id, Octets octets, TimePoint now) {
    const auto session = sessions_.find(id);
    const auto header = iec60870::AsduView::parse(octets, config_.station.format);
    JsonLine line = journal_.line("answer");
    line.add("connection", id);
    if (header && header->size() > 0) add_command(line, *header, journal_.now());
    line.add("sent", session != sessions_.end()).end();
    journal_.flush();
    if (session == sessions_.end()) return;
    session->second->send(octets, now);
    session->second->wake();
}

void Rtu::execute(const CommandDesk::Execution& execution) {
    JsonLine line = journal_.line("executed");
    line.add("connection", execution.session).add("casdu", execution.command->common_address);
    line.add("ioa", execution.command->ioa).add("type", execution.type).add("count", execution.count);
    if (execution.originator != 0) line.add("oa", execution.originator);
    add_element(line, execution.type, execution.element, journal_.now());
    line.end();
    journal_.flush();
}

/// The status point follows its command with cause 11, if its type has that cause, and the termination follows it.
void Rtu::complete(const CommandDesk::Completion& completion, TimePoint now) {
    const SimCommand& command = *completion.command;
    const auto found = command.status ? by_address_.find({command.common_address, *command.status}) : by_address_.end();
    if (found != by_address_.end()) {
        SimPoint& status = substation_.points[found->second];
        const double value = status_after(command, completion.value, status);
        status.value.number = std::clamp(value, status.minimum, status.maximum);
        const bool returns =
            iec60870::find_type(status.type)->permits(iec60870::Direction::monitor, Cause::return_remote);
        raise(status, returns ? Cause::return_remote : Cause::spontaneous, 0, now);
        after_raising(now);
    }
    if (!completion.asdu.empty()) answer(completion.session, completion.asdu, now);
}

}  // namespace busbar::sim
