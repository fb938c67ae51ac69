#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "iec104/link/link.hpp"

/// The link in both roles: what the peer sends, what the owner wants and how time passes comes from the input. The
/// peer's octets stand at the input's beginning (the golden frames are such), what is done with them at its end. Every
/// input runs twice, the second time octet by octet: nothing may depend on how the stream is cut.
namespace busbar::iec104 {
namespace {

/// A link and what can be seen of it.
class Observed {
public:
    Observed(Role role, const LinkConfig& config, bool in_octets)
        : link(role, config, TimePoint{}), k_(config.k), in_octets_(in_octets) {}

    void receive(Octets octets, TimePoint now) {
        const std::size_t piece = in_octets_ ? 1 : octets.size();
        for (; !octets.empty(); octets = octets.subspan(piece)) {
            link.receive(octets.first(piece), now);
            drain(now);
        }
    }

    void drain(TimePoint now) {
        while (const auto event = link.take_event(now)) {
            require(!closed_, "Closed is said last");
            note(*event);
        }
    }

    void collect(TimePoint now) {
        link.take_output(output_);
        for (std::size_t at = 0; at < output_.size(); at += output_[at + 1] + std::size_t{2}) check_frame(at);
        said.append(output_.begin(), output_.end());
        require(link.sent_count() - link.acknowledged_count() <= k_, "no more than k frames are open");
        require(link.kept_count() <= link.received_count(), "only what was received is kept");
        const auto next = link.next_deadline();
        require(next.has_value() != (link.state() == TransferState::closed), "a link that lives has a deadline");
        require(!next || *next > now, "a deadline does not stay in the past");
    }

    Link link;
    std::string said;  // events and output, in order

private:
    void note(const Link::Event& event) {
        said += static_cast<char>('0' + event.index());
        if (const auto* asdu = std::get_if<Link::AsduReceived>(&event)) {
            require(asdu->number == ++received_, "I-frames are numbered one by one");
            said.append(asdu->octets.begin(), asdu->octets.end());
        } else if (const auto* acknowledged = std::get_if<Link::AsduAcknowledged>(&event)) {
            require(acknowledged->up_to > acknowledged_ && acknowledged->up_to <= link.sent_count(),
                    "acknowledgements rise and never pass what was sent");
            acknowledged_ = acknowledged->up_to;
        } else if (const auto* over = std::get_if<Link::Closed>(&event)) {
            closed_ = true;
            said += over->reason;
        }
    }

    void check_frame(std::size_t at) {
        require(at + apci_size <= output_.size() && output_[at] == 0x68, "only frames are sent");
        const bool u_frame = (output_[at + 2] & 3) == 3;
        if (u_frame) return;
        const unsigned number = (output_[at + 4] | static_cast<unsigned>(output_[at + 5]) << 8) / 2;
        require((number_on_line(link.kept_count()) - number) % sequence_modulus <= link.kept_count(),
                "nothing is acknowledged that is not kept");
    }

    unsigned k_;
    bool in_octets_;
    bool closed_ = false;
    std::uint64_t received_ = 0, acknowledged_ = 0;
    OctetBuffer output_;
};

class Script {
public:
    Script(const std::uint8_t* data, std::size_t size, bool in_octets)
        : input_(data, size), observed_(role(), config(), in_octets) {}

    std::string run() {
        for (int steps = 0; steps < 500 && input_.remaining_bytes() > 0; ++steps) {
            step();
            observed_.drain(now_);
            if (input_.ConsumeBool()) observed_.collect(now_);
        }
        observed_.collect(now_);
        return std::move(observed_.said);
    }

private:
    template <class Number>
    Number any(Number most) {
        return input_.ConsumeIntegralInRange<Number>(0, most);
    }
    Role role() { return input_.ConsumeBool() ? Role::controlling : Role::controlled; }
    LinkConfig config() {
        LinkConfig config;
        config.k = static_cast<std::uint16_t>(1 + any<unsigned>(15));
        config.w = static_cast<std::uint16_t>(1 + any<unsigned>(config.k - 1u));
        config.accept_early_data = input_.ConsumeBool();
        return config;
    }

    void step() {
        Link& link = observed_.link;
        switch (any<unsigned>(9)) {
            case 0: return observed_.receive(input_.ConsumeBytes<Octet>(any<std::size_t>(600)), now_);
            case 1:
            case 2: return receive_with_numbers();
            case 3: return acknowledge();
            case 4: {
                constexpr std::array functions{UFunction::startdt_act, UFunction::startdt_con, UFunction::stopdt_act,
                                               UFunction::stopdt_con,  UFunction::testfr_act,  UFunction::testfr_con};
                return observed_.receive(u_frame(functions[any<std::size_t>(functions.size() - 1)]), now_);
            }
            case 5: return input_.ConsumeBool() ? link.start_transfer(now_) : link.stop_transfer(now_);
            case 6: {
                const std::vector<Octet> asdu(1 + any<std::size_t>(248), 7);
                require(link.send(asdu, now_) || link.window() == 0, "the window says what may be sent");
                return;
            }
            case 7: return link.keep(any<std::uint64_t>(link.received_count()), now_);
            case 8: now_ += std::chrono::milliseconds(any<int>(21'000)); return link.on_deadline(now_);
            case 9:
                if (any<unsigned>(9) == 0) link.close("the owner wants it");
        }
    }

    /// The next octets of the input, as the I-frame that is due.
    void receive_with_numbers() {
        const auto asdu = input_.ConsumeBytes<Octet>(any<std::size_t>(249));
        if (asdu.empty()) return;
        const auto apci =
            i_frame_apci(observed_.link.received_count(), observed_.link.acknowledged_count(), asdu.size());
        std::vector<Octet> frame(apci.begin(), apci.end());
        frame.insert(frame.end(), asdu.begin(), asdu.end());
        observed_.receive(frame, now_);
    }

    void acknowledge() {
        const auto open = observed_.link.sent_count() - observed_.link.acknowledged_count();
        observed_.receive(s_frame(observed_.link.acknowledged_count() + any<std::uint64_t>(open)), now_);
    }

    FuzzedDataProvider input_;
    TimePoint now_{};
    Observed observed_;
};

}  // namespace
}  // namespace busbar::iec104

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using busbar::iec104::Script;
    busbar::require(Script(data, size, false).run() == Script(data, size, true).run(),
                    "nothing depends on how the stream is cut");
    return 0;
}
