#include <algorithm>

#include "iec104/station/controlled_session_state.hpp"
#include "iec104/station/request_check.hpp"

namespace busbar::iec104 {

using iec60870::AsduView;

namespace {

constexpr TypeId interrogation = 100, counter_interrogation = 101, read = 102, clock = 103, test_with_time = 107;

// Far more than a control room has under way at once; they bound what a hostile peer can make a session hold.
constexpr std::size_t most_interrogations = 256;
constexpr std::size_t most_reads = 256;

/// FRZ 1-3 of a counter interrogation.
bool is_freeze(const AsduView& request) {
    return request.header().type == counter_interrogation && request[0].element[0] >> 6 != 0;
}

bool answers_another(Cause cause) { return cause >= Cause::unknown_type && cause <= Cause::unknown_ioa; }

}  // namespace

std::optional<ControlledSession::Event> ControlledSession::State::handle(const Link::AsduReceived& received,
                                                                         TimePoint now) {
    auto& counters = station_.counters;
    const Octets asdu = received.octets;
    link_.keep(received.number, now);
    const auto header = AsduView::parse_header(asdu, format_);
    if (!header) {
        close_for_damage(header.error(), asdu);
        return std::nullopt;
    }
    // Never answered, or two stations would refuse each other's refusals for ever.
    if (answers_another(header->cause)) return std::nullopt;
    if (!is_request(header->type)) {
        ++counters.refused_type;
        refuse(asdu, Cause::unknown_type);
        return std::nullopt;
    }
    const auto request = AsduView::parse(asdu, format_);
    if (!request) {
        close_for_damage(request.error(), asdu);
        return std::nullopt;
    }
    if (const auto cause = refusal(*request, station_.image, format_)) {
        ++(*cause == Cause::unknown_cause            ? counters.refused_cause
           : *cause == Cause::unknown_common_address ? counters.refused_common_address
                                                     : counters.refused_ioa);
        refuse(asdu, *cause);
        return std::nullopt;
    }
    return serve(*request, now);
}

/// A body that does not fit its header: TCP makes no such errors, so the peer is broken or hostile (6.6 of the protocol
/// reference).
void ControlledSession::State::close_for_damage(const Error& error, Octets asdu) {
    ++station_.counters.damaged;
    link_.close("damaged ASDU received: " + error.what + ", at octet " + std::to_string(error.at) + " of " +
                to_hex(asdu, ' '));
}

void ControlledSession::State::answer(Octets asdu, bool to_all_stations) {
    const bool taken = to_all_stations ? answers_.add_for_all_stations(asdu) : answers_.add(asdu);
    if (!taken) link_.close("the peer sends requests without taking the answers");
}

void ControlledSession::State::refuse(Octets asdu, Cause cause) {
    std::array<Octet, iec60870::max_asdu_size> mirrored;
    answer(iec60870::mirror(asdu, cause, true, mirrored, format_), false);
}

/// To all stations: each confirms with its own common address.
void ControlledSession::State::confirm(const AsduView& request, Cause cause, bool negative) {
    if (negative) ++station_.counters.negative_confirmations;
    std::array<Octet, iec60870::max_asdu_size> mirrored;
    answer(iec60870::mirror(request.octets(), cause, negative, mirrored, format_),
           request.header().common_address == iec60870::all_stations);
}

std::optional<ControlledSession::Event> ControlledSession::State::serve(const AsduView& request, TimePoint now) {
    switch (request.header().type) {
        case interrogation:
        case counter_interrogation:
            if (request.header().cause == Cause::deactivation) {
                stop_interrogation(request);
            } else if (is_freeze(request)) {
                return serve_freeze(request);
            } else {
                serve_interrogation(request);
            }
            return std::nullopt;
        case read: serve_read(request); return std::nullopt;
        case clock: return serve_clock(request);
        case test_with_time: confirm(request, Cause::activation_con, false); return std::nullopt;
        default: break;
    }
    if (!files_ || !is_file_transfer(request.header().type)) return CommandReceived{request.octets()};
    serve_files(request, now);
    return std::nullopt;
}

void ControlledSession::State::serve_files(const AsduView& request, TimePoint now) {
    const auto cause = files_->receive(request, now);
    if (!cause) return;
    ++(*cause == Cause::unknown_type ? station_.counters.refused_type : station_.counters.refused_ioa);
    refuse(request.octets(), *cause);
}

void ControlledSession::State::serve_interrogation(const AsduView& request) {
    const auto& header = request.header();
    const Octet qualifier = request[0].element[0];
    const bool all = header.common_address == iec60870::all_stations;
    const bool runs = !all && std::any_of(interrogations_.begin(), interrogations_.end(), [&](const auto& other) {
        return other.is_same(header.type, qualifier) && other.covers(header.common_address);
    });
    if (!Interrogation::is_supported(header.type, qualifier) || runs || interrogations_.size() >= most_interrogations)
        return confirm(request, Cause::activation_con, true);

    const auto first = all ? station_.image.next_station(0) : header.common_address;
    if (!first) return;  // no station, no answer
    // The first confirmation goes out at once; where the station is busy with the same already, it comes as a refusal.
    const bool busy = std::any_of(interrogations_.begin(), interrogations_.end(), [&](const auto& other) {
        return other.is_same(header.type, qualifier) && other.serves(*first);
    });
    interrogations_.emplace_back(request, format_, station_.frozen, station_.config.interrogation_time_tags, *first,
                                 !busy);
    if (busy) return;
    ++station_.counters.interrogations;
    std::array<Octet, iec60870::max_asdu_size> mirrored;
    const Octets confirmation = iec60870::mirror(request.octets(), Cause::activation_con, false, mirrored, format_);
    set_common_address(mirrored, *first, format_);
    answer(confirmation, false);
}

std::optional<ControlledSession::Event> ControlledSession::State::serve_freeze(const AsduView& request) {
    const bool served = station_.config.freezes_counters && CounterRequest::of(request[0].element[0]);
    if (served && !request.header().test) return CommandReceived{request.octets()};
    confirm(request, Cause::activation_con, true);
    return std::nullopt;
}

void ControlledSession::State::stop_interrogation(const AsduView& request) {
    const auto& header = request.header();
    bool stopped = false;
    for (Interrogation& running : interrogations_) {
        if (!running.is_same(header.type, request[0].element[0])) continue;
        if (header.common_address == iec60870::all_stations) {
            running.stop();
        } else if (running.serves(header.common_address)) {
            running.skip_station(station_.image);
        } else {
            continue;
        }
        stopped = true;
    }
    std::erase_if(interrogations_, [](const Interrogation& running) { return running.is_over(); });
    confirm(request, Cause::deactivation_con, !stopped);
}

void ControlledSession::State::serve_read(const AsduView& request) {
    const auto& header = request.header();
    if (reads_.size() >= most_reads) {
        ++station_.counters.interrogation_late;
        return;
    }
    reads_.push({header.common_address, request[0].ioa, header.originator, header.test, {}});
}

/// Confirmed and reported; the host's clock is not set (design, "Time").
std::optional<ControlledSession::Event> ControlledSession::State::serve_clock(const AsduView& request) {
    const Octets time = request[0].element;
    const bool usable = is_usable_time(time);
    confirm(request, Cause::activation_con, !usable);
    if (!usable || request.header().test) return std::nullopt;
    ClockReceived event{request.header().common_address, {}};
    std::copy(time.begin(), time.end(), event.time.begin());
    return event;
}

}  // namespace busbar::iec104
