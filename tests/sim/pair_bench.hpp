#pragma once

#include "rtu_bench.hpp"
#include "sim/scada/scada.hpp"
#include "sim/wire/recording_session.hpp"

namespace busbar::sim::test {

/// A simulated RTU and a simulated control room with a wire between them, on one virtual clock.
class PairBench : public RtuBench {
public:
    explicit PairBench(const RtuConfig& config = numbered_config(0, 0), Substation substation = small_substation(),
                       const ScadaConfig& scada_config = {})
        : RtuBench(config, std::move(substation)), scada(scada_config, scada_log.journal, nullptr) {}

    /// Connects both; `capture` gets what is on the wire.
    void connect_both(CaptureWriter* capture = nullptr) {
        at_rtu = open();
        at_scada = scada.connect(
            "10.0.0.9:2404", [] {}, clock.now);
        if (capture) {
            at_rtu = std::make_unique<RecordingSession>(
                std::move(at_rtu), *capture, RecordedConnection::server, parse_endpoint("10.0.0.9:2404"),
                parse_endpoint("10.0.0.1:5000"), [this] { return clock.utc(); });
        }
        exchange();
    }

    /// Carries octets until nobody has any.
    void exchange() {
        OctetBuffer octets;
        bool moved = true;
        while (moved && at_rtu && at_scada) {
            at_scada->take_output(octets, clock.now);
            moved = !octets.empty();
            if (moved) at_rtu->receive(octets, clock.now);
            at_rtu->take_output(octets, clock.now);
            moved = moved || !octets.empty();
            if (!octets.empty()) at_scada->receive(octets, clock.now);
            if (at_scada->closed())
                disconnect(*at_scada->closed());
            else if (at_rtu->closed())
                disconnect(*at_rtu->closed());
        }
    }

    void disconnect(const std::string& reason) {
        at_rtu->disconnected(reason, clock.now);
        at_scada->disconnected(reason, clock.now);
        at_rtu.reset();
        at_scada.reset();
    }

    /// Lets everybody's clock go on.
    void advance(Duration duration) {
        const TimePoint end = clock.now + duration;
        for (auto next = first_deadline(); next && *next <= end; next = first_deadline()) {
            clock.now = std::max(clock.now, *next);
            rtu.on_deadline(clock.now);
            if (at_rtu) at_rtu->on_deadline(clock.now);
            if (at_scada) at_scada->on_deadline(clock.now);
            exchange();
        }
        clock.now = end;
    }

    std::optional<TimePoint> first_deadline() const {
        auto first = rtu.next_deadline();
        for (const net::Session* session : {at_rtu.get(), at_scada.get()}) {
            const auto deadline = session ? session->next_deadline() : std::nullopt;
            if (deadline && (!first || *deadline < *first)) first = deadline;
        }
        return first;
    }

    JournalBench scada_log{clock};
    Scada scada;
    std::unique_ptr<net::Session> at_rtu, at_scada;
};

}  // namespace busbar::sim::test
