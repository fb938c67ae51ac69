#include "iec60870/element/time_tag.hpp"
#include "sim/rtu/rtu_session.hpp"

/// The counters of an RTU: counted by its process, frozen and reset by command or by its own clock.
namespace busbar::sim {

using iec104::CounterRequest;
using iec60870::Cause;

template <class Visit>
void Rtu::for_each_counter(CommonAddress station, std::uint8_t group, Visit visit) {
    for (SimPoint& point : substation_.points) {
        const bool here = station == iec60870::all_stations || station == point.common_address;
        const bool wanted = group == 0 || group == point.attributes.counter_group;
        if (here && wanted && is_counter(point.type)) visit(point);
    }
}

/// The station has judged it: a freeze, a reset, or both.
void Rtu::serve_counters(Session& session, const iec60870::AsduView& request, TimePoint now) {
    const CounterRequest wanted = *CounterRequest::of(request[0].element[0]);
    const CommonAddress station = request.header().common_address;
    reply(session, request, Cause::activation_con, false, now);
    if (wanted.freeze == CounterRequest::Freeze::reset) {
        reset_counters(station, wanted.group, now);
    } else {
        freeze(station, wanted.group, wanted.freeze == CounterRequest::Freeze::freeze_with_reset, now);
    }
    after_raising(now);
}

/// CY and CA are those of the period that ends here; the next begins without them.
void Rtu::freeze(CommonAddress station, std::uint8_t group, bool reset, TimePoint now) {
    for_each_counter(station, group, [&](const SimPoint& point) { show(point, now); });
    std::array<Octet, 7> tag{};
    iec60870::encode(iec60870::make_cp56(iec60870::StationTime(journal_.now().time_since_epoch())), tag.data());
    station_.freeze_counters(station, group, tag, [&](CommonAddress common_address, const auto& reading) {
        SimPoint& point = substation_.points[by_address_.at({common_address, reading.ioa})];
        point.value.sequence = static_cast<std::uint8_t>((point.value.sequence + 1) % 32);
        journal_.line("frozen")
            .add("casdu", common_address)
            .add("ioa", point.ioa)
            .add("value", point.value.number)
            .add("sequence", point.value.sequence)
            .end();
        if (config_.counters.send_frozen) raise(point, Cause::spontaneous, 0, now);
        point.value.quality.set(point::Flag::CY, false);
        point.value.quality.set(point::Flag::CA, false);
        if (reset) point.value.number = 0;
    });
    for_each_counter(station, group, [&](const SimPoint& point) { show(point, now); });
    journal_.flush();
}

/// Without a freeze a reset falsifies the period: its reading says so (CA).
void Rtu::reset_counters(CommonAddress station, std::uint8_t group, TimePoint now) {
    for_each_counter(station, group, [&](SimPoint& point) {
        point.value.number = 0;
        point.value.quality.set(point::Flag::CA);
        show(point, now);
    });
}

}  // namespace busbar::sim
