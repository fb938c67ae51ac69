#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <vector>

#include "base/result.hpp"
#include "iec104/station/controlling_session.hpp"
#include "iec60870/asdu/type_table.hpp"

/// A whole controlling session: what the station sends, what the owner wants and how time passes comes from the input.
/// The station's octets stand at the input's beginning (the golden frames are such), what is done with them at its end.
/// Most frames get the numbers that are due, so that they reach the application.
namespace busbar::iec104 {
namespace {

class Script {
public:
    Script(const std::uint8_t* data, std::size_t size) : input_(data, size), session_(config(), now_) {
        session_.allow_transfer(true, now_);
        collect();
        if (input_.ConsumeBool()) receive(u_frame(UFunction::startdt_con));
    }

    void run() {
        for (int steps = 0; steps < 500 && input_.remaining_bytes() > 0; ++steps) {
            step();
            drain();
            collect();
        }
    }

private:
    template <class Number>
    Number any(Number most) {
        return input_.ConsumeIntegralInRange<Number>(0, most);
    }

    ControllingConfig config() {
        ControllingConfig config;
        for (unsigned stations = any<unsigned>(2); stations > 0; --stations)
            config.stations.push_back(static_cast<iec60870::CommonAddress>(stations));
        for (unsigned groups = any<unsigned>(2); groups > 0; --groups)
            config.groups.push_back(static_cast<std::uint8_t>(groups));
        config.interrogate_every = std::chrono::seconds(any<int>(60));
        config.counters_every = std::chrono::seconds(any<int>(60));
        config.synchronize_clock_every = std::chrono::seconds(any<int>(60));
        config.synchronize_clock_on_start = input_.ConsumeBool();
        config.close_on_damage = input_.ConsumeBool();
        config.accept_early_data = input_.ConsumeBool();
        return config;
    }

    void step() {
        switch (any<unsigned>(12)) {
            case 0: return receive(input_.ConsumeBytes<Octet>(any<std::size_t>(600)));
            case 1:
            case 2:
            case 3:
            case 4: return receive_with_numbers();
            case 5: return answer_interrogation();
            case 6: return keep();
            case 7: return receive(u_frame(input_.ConsumeBool() ? UFunction::testfr_act : UFunction::testfr_con));
            case 8: return want();
            case 9: return session_.stop_transfer(now_);
            case 10: return session_.allow_transfer(input_.ConsumeBool(), now_);
            case 11: return receive(u_frame(input_.ConsumeBool() ? UFunction::startdt_con : UFunction::stopdt_con));
            case 12: now_ += std::chrono::milliseconds(any<int>(20'000)); return session_.on_deadline(now_);
        }
    }

    void want() {
        const auto station = any<iec60870::CommonAddress>(3);
        switch (any<unsigned>(5)) {
            case 0: session_.interrogate(station, any<std::uint8_t>(255), now_); return;
            case 1: session_.interrogate_counters(station, any<std::uint8_t>(255), now_); return;
            case 2: session_.read(station, any<iec60870::Ioa>(0xFFFFFF), now_); return;
            case 3: session_.test(station, now_); return;
            case 4: session_.synchronize_clock(station, {}, now_); return;
            case 5: session_.send(input_.ConsumeBytes<Octet>(any<std::size_t>(260)), now_); return;
        }
    }

    void receive(Octets octets) {
        session_.receive(octets, now_);
        drain();
    }

    void receive_i_frame(const std::vector<Octet>& asdu) {
        const auto apci = i_frame_apci(session_.link().received_count(), session_.link().sent_count(), asdu.size());
        std::vector<Octet> frame(apci.begin(), apci.end());
        frame.insert(frame.end(), asdu.begin(), asdu.end());
        receive(frame);
    }

    /// The next APDU of the input, as the I-frame that is due.
    void receive_with_numbers() {
        const auto head = input_.ConsumeBytes<Octet>(apci_size);
        if (head.size() < apci_size) return;
        const auto asdu = input_.ConsumeBytes<Octet>(std::clamp<std::size_t>(head[1], 10, 253) - 4);
        if (asdu.size() >= 6) receive_i_frame(asdu);
    }

    void answer_interrogation() {
        const auto type = static_cast<Octet>(100 + any<unsigned>(1));
        const auto cause = static_cast<Octet>(6 + any<unsigned>(4) + (input_.ConsumeBool() ? 64 : 0));
        const auto station = static_cast<Octet>(any<unsigned>(3));
        receive_i_frame({type, 1, cause, 0, station, 0, 0, 0, 0, static_cast<Octet>(20 + any<unsigned>(2))});
    }

    void keep() {
        if (reported_.empty()) return;
        const auto index = any<std::size_t>(reported_.size() - 1);
        session_.keep(reported_[index], now_);
        reported_.erase(reported_.begin(), reported_.begin() + static_cast<std::ptrdiff_t>(index) + 1);
    }

    void drain() {
        while (const auto event = session_.take_event(now_)) {
            require(!closed_, "Closed is said last");
            closed_ = std::holds_alternative<ControllingSession::Closed>(*event);
            if (const auto* data = std::get_if<ControllingSession::AsduReceived>(&*event)) {
                use(data->view);
                reported_.push_back(data->number);
            } else if (const auto* answer = std::get_if<ControllingSession::AnswerReceived>(&*event)) {
                use(answer->view);
                reported_.push_back(answer->number);
            } else if (const auto* rejected = std::get_if<ControllingSession::AsduRejected>(&*event)) {
                require(!rejected->octets.empty() && !rejected->reason.empty(), "a rejection says what and why");
                reported_.push_back(rejected->number);
            }
        }
        require(reported_.empty() || session_.link().kept_count() < reported_.front(),
                "nothing is kept ahead of what the owner has not kept");
    }

    /// As an owner reads it: every octet, and there is at least one object.
    static void use(const iec60870::AsduView& view) {
        require(view.size() > 0 && view.description() != nullptr, "what is passed on has objects");
        unsigned sum = 0;
        for (const auto object : view)
            for (const Octet octet : object.element) sum += octet;
        volatile unsigned used = sum;
        static_cast<void>(used);
    }

    void collect() {
        session_.take_output(output_, now_);
        for (std::size_t at = 0; at < output_.size(); at += output_[at + 1] + std::size_t{2})
            require(at + apci_size <= output_.size() && output_[at] == 0x68, "only frames are sent");
        const Link& link = session_.link();
        require(link.sent_count() - link.acknowledged_count() <= LinkConfig{}.k, "no more than k frames are open");
        const auto next = session_.next_deadline();
        require(closed_ || (next && *next + std::chrono::seconds(60) > now_), "a deadline does not stay in the past");
    }

    FuzzedDataProvider input_;
    TimePoint now_{};
    ControllingSession session_;
    std::vector<std::uint64_t> reported_;  // not kept yet
    bool closed_ = false;
    OctetBuffer output_;
};

}  // namespace
}  // namespace busbar::iec104

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    busbar::iec104::Script(data, size).run();
    return 0;
}
