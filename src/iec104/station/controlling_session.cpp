#include "iec104/station/controlling_session.hpp"

#include <deque>
#include <utility>

#include "iec104/station/controlling_interrogations.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec104 {

using iec60870::AsduHeader;
using iec60870::AsduView;
using iec60870::Cause;
using iec60870::CommonAddress;
using iec60870::Ioa;
using iec60870::TypeId;

namespace {

constexpr std::size_t most_requests = 64;
constexpr std::size_t most_refusals = 16;  // leaves room for the owner's requests
constexpr TypeId last_process_information = 40;
constexpr TypeId end_of_initialization = 70;
constexpr TypeId interrogation = 100, counter_interrogation = 101, read_command = 102, clock_command = 103,
                 test_command = 107;

bool is_refusal(Cause cause) { return cause >= Cause::unknown_type && cause <= Cause::unknown_ioa; }

/// Values: the types of the monitor direction, and parameters (110-112) that take part in an interrogation.
bool is_process_information(const AsduView& asdu) {
    const auto type = asdu.header().type;
    const auto cause = asdu.header().cause;
    if (is_refusal(cause)) return false;
    if (asdu.description() == nullptr) return asdu.size() > 0;  // a private type that was agreed on
    const bool parameter = type >= 110 && type <= 112;
    return type <= last_process_information ||
           (parameter && cause >= Cause::interrogated_by_station && cause <= Cause::interrogated_by_group_16);
}

/// A mirrored ASDU: the station's answer to something that was sent.
bool is_answer(const AsduView& asdu) {
    const auto type = asdu.header().type;
    const auto cause = asdu.header().cause;
    const bool command = (type >= 45 && type <= 64) || (type >= 100 && type <= 113);
    return command && asdu.size() == 1 &&
           (cause == Cause::activation_con || cause == Cause::deactivation_con || cause == Cause::activation_term ||
            is_refusal(cause));
}

bool is_file(const AsduView& asdu) {
    const auto type = asdu.header().type;
    return (is_file_transfer(type) || type == directory_type) && asdu.size() > 0;
}

}  // namespace

struct ControllingSession::State {
    State(const ControllingConfig& with, TimePoint now)
        : config(with), link(Role::controlling, link_config(with), now), files(with.files, with.originator) {
        interrogations.configure(config, now);
    }

    static LinkConfig link_config(const ControllingConfig& config) {
        LinkConfig link = config.link;
        link.accept_early_data = config.accept_early_data;
        link.shortest_asdu = static_cast<std::uint8_t>(config.format.header_size());
        return link;
    }

    /// A stop that waits for `keep` ends requests already.
    bool takes_requests() const {
        return link.state() == TransferState::started && !stopping && requests.size() < most_requests;
    }

    /// The system may have agreed on smaller addresses than the greatest.
    bool fits(CommonAddress common_address, Ioa ioa) const {
        const bool station =
            config.format.common_address_size == 2 || common_address < 255 || common_address == iec60870::all_stations;
        return station && std::uint64_t{ioa} >> (8u * config.format.ioa_size) == 0;
    }

    bool queue(TypeId type, Cause cause, CommonAddress common_address, Ioa ioa, Octets element) {
        if (!takes_requests() || !fits(common_address, ioa)) return false;
        iec60870::AsduWriter writer(config.format);
        AsduHeader header;
        header.type = type;
        header.cause = cause;
        header.originator = config.originator;
        header.common_address = common_address;
        writer.start(header);
        writer.add(ioa, element);
        const Octets asdu = writer.octets();
        requests.emplace_back(asdu.begin(), asdu.end());
        return true;
    }

    void send_requests(TimePoint now) {
        while (!requests.empty() && link.send(requests.front(), now)) requests.pop_front();
    }

    /// After everything else; commands find room in the window.
    void send_files(TimePoint now) {
        iec60870::AsduWriter writer(config.format);
        while (takes_requests() && requests.empty() && link.window() > room_beside_files(config.link) &&
               files.next(config.format, writer, now))
            require(link.send(writer.octets(), now), "the window was open");
    }

    // --- acknowledgement in order
    void report(std::uint64_t number) { reported.push_back(number); }
    void pass(std::uint64_t number, TimePoint now) {
        last = number;
        keep_up(now);
    }
    void keep_up(TimePoint now) { link.keep(reported.empty() ? last : reported.front() - 1, now); }

    // --- what comes in
    void transfer_started(TimePoint now) {
        interrogations.start(now);
        clock_due(config.synchronize_clock_on_start, now);
    }
    void transfer_stopped() {
        std::deque<InterrogationEnded> ended;
        interrogations.stop(ended);
        tell(ended);
        requests.clear();
        files.forget("data transfer has ended");
        next_clock.reset();
        stopping = false;
    }
    void clock_due(bool ask, TimePoint now) {
        if (ask && config.stations.empty()) events.push_back(ClockWanted{iec60870::all_stations});
        if (ask) {
            for (const auto station : config.stations) events.push_back(ClockWanted{station});
        }
        next_clock.reset();
        if (config.synchronize_clock_every.count() != 0) next_clock = now + config.synchronize_clock_every;
    }
    std::optional<Event> received(const Link::AsduReceived& frame, TimePoint now);
    Event reject(const Link::AsduReceived& frame, std::string reason);
    void refuse(Octets asdu);
    void tell(std::deque<InterrogationEnded>& ended);

    ControllingConfig config;
    Link link;
    ControllingInterrogations interrogations;
    ControllingFiles files;
    ControllingCounters counters;
    std::deque<OctetBuffer> requests;
    std::deque<Event> events;
    std::deque<std::uint64_t> reported;  // numbers of frames that the owner has not kept
    std::uint64_t last = 0;
    std::uint16_t tests = 0;  // TSC of the last test command
    std::optional<TimePoint> next_clock;
    bool allowed = false;
    bool stopping = false;
};

ControllingSession::Event ControllingSession::State::reject(const Link::AsduReceived& frame, std::string reason) {
    report(frame.number);
    return AsduRejected{frame.octets, std::move(reason), frame.number};
}

/// Requirement CC-4: what is not supported is sent back mirrored, cause 44, P/N = 1 - never in answer to 44-47.
void ControllingSession::State::refuse(Octets asdu) {
    if (!takes_requests() || requests.size() >= most_refusals) return;
    OctetBuffer answer(asdu.size());
    iec60870::mirror(asdu, Cause::unknown_type, true, answer, config.format);
    requests.push_back(std::move(answer));
}

void ControllingSession::State::tell(std::deque<InterrogationEnded>& ended) {
    for (auto& one : ended) {
        ++(one.complete ? counters.interrogations : counters.interrogation_failed);
        events.emplace_back(std::move(one));
    }
}

std::optional<ControllingSession::Event> ControllingSession::State::received(const Link::AsduReceived& frame,
                                                                             TimePoint now) {
    last = frame.number;
    const auto view = AsduView::parse(frame.octets, config.format);
    if (!view) {
        ++counters.damaged;
        if (config.close_on_damage) link.close("damaged ASDU: " + view.error().what);
        return reject(frame, "damaged ASDU: " + view.error().what);
    }
    const AsduHeader& header = view->header();
    if (is_process_information(*view)) {
        if (header.test) {
            ++counters.test_ignored;
            return reject(frame, "test (T = 1)");
        }
        interrogations.data_came(header, now);
        report(frame.number);
        return AsduReceived{*view, frame.number};
    }
    if (header.type == end_of_initialization && !is_refusal(header.cause)) {
        if (!header.test) interrogations.initialised(header.common_address, now);
        pass(frame.number, now);
        return std::nullopt;
    }
    if (is_answer(*view)) {
        std::deque<InterrogationEnded> ended;
        if (header.type == interrogation || header.type == counter_interrogation)
            interrogations.answered(header, (*view)[0].element[0], now, ended);
        tell(ended);
        report(frame.number);
        return AnswerReceived{*view, frame.number};
    }
    if (is_file(*view)) {
        if (!files.receive(*view, now)) ++counters.file_ignored;
        pass(frame.number, now);
        return std::nullopt;
    }
    ++counters.unknown_type;
    const auto cause = static_cast<unsigned>(header.cause);
    if (is_refusal(header.cause))
        return reject(frame, "type " + std::to_string(header.type) + " with cause " + std::to_string(cause) +
                                 " answers nothing that was sent");
    refuse(frame.octets);
    return reject(frame, "type " + std::to_string(header.type) + " with cause " + std::to_string(cause) +
                             " is not supported in monitor direction");
}

ControllingSession::ControllingSession(const ControllingConfig& config, TimePoint now)
    : state_(std::make_unique<State>(config, now)) {}
ControllingSession::~ControllingSession() = default;
ControllingSession::ControllingSession(ControllingSession&&) noexcept = default;
ControllingSession& ControllingSession::operator=(ControllingSession&&) noexcept = default;

void ControllingSession::configure(const ControllingConfig& config, TimePoint now) {
    auto next = config;
    next.format = state_->config.format;
    next.link = state_->config.link;
    next.originator = state_->config.originator;
    const bool clock_changed = next.synchronize_clock_every != state_->config.synchronize_clock_every;
    state_->config = std::move(next);
    state_->interrogations.configure(state_->config, now);
    state_->files.configure(state_->config.files);
    if (clock_changed && state_->link.state() == TransferState::started) state_->clock_due(false, now);
}

void ControllingSession::receive(Octets octets, TimePoint now) { state_->link.receive(octets, now); }

void ControllingSession::on_deadline(TimePoint now) {
    state_->link.on_deadline(now);
    std::deque<InterrogationEnded> ended;
    state_->interrogations.on_deadline(now, ended);
    state_->tell(ended);
    state_->files.on_deadline(now);
    if (state_->next_clock && *state_->next_clock <= now) state_->clock_due(true, now);
}

void ControllingSession::allow_transfer(bool allowed, TimePoint now) {
    state_->allowed = allowed;
    if (allowed && state_->link.state() == TransferState::stopped) state_->link.start_transfer(now);
}

void ControllingSession::stop_transfer(TimePoint now) {
    state_->allowed = false;
    state_->stopping = state_->link.state() == TransferState::started;
    state_->link.stop_transfer(now);
}

void ControllingSession::keep(std::uint64_t number, TimePoint now) {
    auto& reported = state_->reported;
    while (!reported.empty() && reported.front() <= number) reported.pop_front();
    state_->keep_up(now);
}

void ControllingSession::close(std::string reason) { state_->link.close(std::move(reason)); }

bool ControllingSession::interrogate(CommonAddress common_address, std::uint8_t qoi, TimePoint) {
    return state_->takes_requests() && state_->fits(common_address, 0) &&
           state_->interrogations.add({common_address, qoi, false, false});
}

bool ControllingSession::interrogate_counters(CommonAddress common_address, std::uint8_t qcc, TimePoint) {
    return state_->takes_requests() && state_->fits(common_address, 0) &&
           state_->interrogations.add({common_address, qcc, true, false});
}

bool ControllingSession::read(CommonAddress common_address, Ioa ioa, TimePoint) {
    return state_->queue(read_command, Cause::request, common_address, ioa, {});
}

bool ControllingSession::test(CommonAddress common_address, TimePoint) {
    const auto count = ++state_->tests;
    // TSC, then a time that says of itself that it is none (IV; 1 January 2000).
    const std::array<Octet, 9> element{
        static_cast<Octet>(count & 0xFF), static_cast<Octet>(count >> 8), 0, 0, 0x80, 0, 1, 1, 0};
    return state_->queue(test_command, Cause::activation, common_address, 0, element);
}

bool ControllingSession::synchronize_clock(CommonAddress common_address, const std::array<Octet, 7>& cp56, TimePoint) {
    return state_->queue(clock_command, Cause::activation, common_address, 0, cp56);
}

bool ControllingSession::send(Octets asdu, TimePoint) {
    const bool fits = asdu.size() >= state_->config.format.header_size() && asdu.size() <= iec60870::max_asdu_size;
    if (!fits || !state_->takes_requests()) return false;
    state_->requests.emplace_back(asdu.begin(), asdu.end());
    return true;
}

/// What waits for the window would overtake no command, so there must be none.
bool ControllingSession::send_now(Octets asdu, TimePoint now) {
    const bool fits = asdu.size() >= state_->config.format.header_size() && asdu.size() <= iec60870::max_asdu_size;
    if (!fits || !state_->takes_requests()) return false;
    state_->send_requests(now);
    return state_->requests.empty() && state_->link.send(asdu, now);
}

std::optional<ControllingSession::Event> ControllingSession::take_event(TimePoint now) {
    while (true) {
        if (auto event = state_->files.take_event()) return std::move(*event);
        if (!state_->events.empty()) {
            Event event = std::move(state_->events.front());
            state_->events.pop_front();
            return event;
        }
        auto event = state_->link.take_event(now);
        if (!event) return std::nullopt;
        if (const auto* frame = std::get_if<Link::AsduReceived>(&*event)) {
            if (auto received = state_->received(*frame, now)) return received;
        } else if (std::holds_alternative<Link::TransferStarted>(*event)) {
            state_->transfer_started(now);
            return TransferStarted{};
        } else if (std::holds_alternative<Link::TransferStopped>(*event)) {
            state_->transfer_stopped();
            if (state_->allowed) state_->link.start_transfer(now);  // allowed again while it was stopping
            return TransferStopped{};
        } else if (auto* closed = std::get_if<Link::Closed>(&*event)) {
            state_->transfer_stopped();
            state_->events.push_back(Closed{std::move(closed->reason)});
        }
    }
}

void ControllingSession::take_output(OctetBuffer& into, TimePoint now) {
    state_->send_requests(now);
    if (state_->link.can_send()) {
        if (const auto next = state_->interrogations.take_next(now)) {
            const Octet qualifier[] = {next->qualifier};
            state_->queue(next->counters ? counter_interrogation : interrogation, Cause::activation,
                          next->common_address, 0, qualifier);
            state_->send_requests(now);
        }
    }
    state_->send_files(now);
    state_->link.take_output(into);
}

std::optional<TimePoint> ControllingSession::next_deadline() const {
    auto next = state_->link.next_deadline();
    const auto consider = [&next](std::optional<TimePoint> time) {
        if (time && (!next || *time < *next)) next = time;
    };
    consider(state_->interrogations.next_deadline());
    consider(state_->next_clock);
    consider(state_->files.next_deadline());
    return next;
}

ControllingFiles* ControllingSession::files() {
    const bool started = state_->link.state() == TransferState::started && !state_->stopping;
    return started ? &state_->files : nullptr;
}
const Link& ControllingSession::link() const { return state_->link; }
const ControllingCounters& ControllingSession::counters() const { return state_->counters; }

}  // namespace busbar::iec104
