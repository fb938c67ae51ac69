#include "connector/iec104_client/line_requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "connector/common/message.hpp"
#include "connector/common/request_data.hpp"

namespace busbar::connector {

namespace {

Result<iec60870::CommonAddress> remote_address(const PointMaker& stations, const RequestData& data) {
    const auto casdu = data.number("casdu", 0, 65535, iec60870::all_stations);
    if (!casdu) return tl::make_unexpected(casdu.error());
    if (*casdu == iec60870::all_stations) return iec60870::all_stations;
    const auto remote = stations.remote_of(static_cast<std::uint16_t>(*casdu));
    if (!remote) return fail(fmt::format("casdu: {} is not a station of this connector", *casdu));
    return *remote;
}

using Ask = std::function<bool(iec104::ControllingSession&, iec60870::CommonAddress, TimePoint)>;

Result<std::string> ask_station(Line& line, const PointMaker& stations, const RequestData& data, const Ask& ask) {
    const auto remote = remote_address(stations, data);
    if (!remote) return tl::make_unexpected(remote.error());
    if (!line.with_session([&](auto& session, TimePoint now) { return ask(session, *remote, now); })) {
        return fail("data transfer with the station is not started, or too many requests wait");
    }
    return std::string(R"({"sent":true})");
}

/// QCC: as it is (`qcc`), or of its two parts.
Result<std::uint8_t> counter_qualifier(const RequestData& data) {
    constexpr std::array<std::string_view, 4> freezes{"read", "freeze", "freeze_with_reset", "reset"};  // FRZ 0-3
    const auto qcc = data.number("qcc", 1, 255, 5);
    const auto group = data.number("group", 1, 4, 5);  // 5: all
    if (!qcc) return tl::make_unexpected(qcc.error());
    if (!group) return tl::make_unexpected(group.error());
    if (!data.has("group") && !data.has("freeze")) return static_cast<std::uint8_t>(*qcc);
    if (data.has("qcc")) return fail("qcc: not together with group and freeze, which are its parts");
    const std::string freeze = data.has("freeze") ? data.text("freeze") : "read";
    const auto found = std::ranges::find(freezes, freeze);
    if (found == freezes.end()) return fail("freeze: read, freeze, freeze_with_reset or reset");
    return static_cast<std::uint8_t>(*group | (found - freezes.begin()) << 6);
}

}  // namespace

Result<std::string> do_line_request(Line& line, const PointMaker& stations, std::string_view action,
                                    std::string_view data, const LineActions& actions) {
    const auto object = RequestData::parse(data);
    if (!object) return tl::make_unexpected(object.error());
    const std::string done = R"({"done":true})";
    if (action == "reconnect") {
        line.reconnect("asked for");
        return done;
    }
    if (action == "switch_over") {
        if (const auto begun = line.switch_over(object->text("address")); !begun)
            return fail("address: " + begun.error().what);
        return done;
    }
    if (action == "stop_transfer") {
        line.stop_transfer();
        return done;
    }
    if (action == "start_transfer") {
        line.start_transfer();
        return done;
    }
    if (action == "debug") {
        actions.set_debug(object->flag("on", true));
        return done;
    }
    if (action == "log_level") {
        if (!set_log_level(object->text("level")))
            return fail("level: trace, debug, info, warning, error, critical or off");
        return done;
    }
    if (action == "interrogate") {
        const auto qoi = object->number("qoi", 20, 255, 20);
        if (!qoi) return tl::make_unexpected(qoi.error());
        return ask_station(line, stations, *object, [&](auto& session, auto station, TimePoint now) {
            return session.interrogate(station, static_cast<std::uint8_t>(*qoi), now);
        });
    }
    if (action == "counters") {
        const auto qcc = counter_qualifier(*object);
        if (!qcc) return tl::make_unexpected(qcc.error());
        return ask_station(line, stations, *object, [&](auto& session, auto station, TimePoint now) {
            return session.interrogate_counters(station, *qcc, now);
        });
    }
    if (action == "read") {
        const auto ioa = object->number("ioa", 1, 16777215, -1);
        if (!ioa) return tl::make_unexpected(ioa.error());
        return ask_station(line, stations, *object, [&](auto& session, auto station, TimePoint now) {
            return session.read(station, static_cast<iec60870::Ioa>(*ioa), now);
        });
    }
    if (action == "clock") {
        return ask_station(line, stations, *object,
                           [&](auto&, auto station, TimePoint) { return actions.synchronize_clock(station); });
    }
    if (action == "test") {
        return ask_station(line, stations, *object,
                           [&](auto& session, auto station, TimePoint now) { return session.test(station, now); });
    }
    return fail(fmt::format("action: '{}' is not known", action));
}

}  // namespace busbar::connector
