// A channel with two meters against any line: what is on it, what is wanted and how time passes comes from the input.
// The line's octets stand at the input's beginning (the golden frames are such), what is done with them at its end.
// Only whole frames are sent, one at a time, and everything has an end.
#include <fuzzer/FuzzedDataProvider.h>

#include <vector>

#include "base/result.hpp"
#include "iec102/meter/channel.hpp"

namespace busbar::iec102 {
namespace {

using namespace std::chrono_literals;

class Script {
public:
    Script(const std::uint8_t* data, std::size_t size) : input_(data, size), channel_(config()) {
        channel_.set_devices(devices(), now_);
        channel_.connected(now_);
        collect();
    }

    void run() {
        for (int steps = 0; steps < 400 && input_.remaining_bytes() > 0; ++steps) {
            step();
            collect();
        }
        // Left alone, the channel lets go of the line.
        channel_.resume(now_);
        collect();
        free_ = false;
        channel_.pause(now_);
        collect();
        for (int steps = 0; !free_ && steps < 1000; ++steps) pass_time();
        require(free_, "a pause comes to its end");
    }

private:
    ChannelConfig config() {
        ChannelConfig config;
        config.retries = input_.ConsumeIntegralInRange<unsigned>(0, 3);
        config.line.request_timeout = 300ms;
        config.line.inter_request_delay = std::chrono::milliseconds{input_.ConsumeIntegralInRange<int>(0, 50)};
        if (input_.ConsumeBool()) config.line.baud = 9600;
        return config;
    }

    std::vector<DeviceConfig> devices() {
        std::vector<DeviceConfig> devices;
        for (std::uint16_t link = 1; link <= 2; ++link) {
            if (!devices.empty() && input_.ConsumeIntegralInRange<int>(0, 7) == 7) break;
            DeviceConfig device;
            device.name = input_.ConsumeIntegralInRange<int>(0, 7) == 7 ? "other" : link == 1 ? "one" : "two";
            device.link_address = link;
            device.point_address = 1;
            device.password = Password{1};
            device.enabled = input_.ConsumeIntegralInRange<int>(0, 7) != 7;
            device.demotion.delay = 5000ms;
            for (auto& period : device.periods) {
                if (input_.ConsumeIntegralInRange<int>(0, 3) != 3) period = 100ms;
            }
            if (devices.empty() || devices[0].name != device.name) devices.push_back(device);
        }
        return devices;
    }

    void step() {
        switch (input_.ConsumeIntegralInRange<int>(0, 15)) {
            case 0: return receive(input_.ConsumeBytes<Octet>(input_.ConsumeIntegralInRange<std::size_t>(0, 600)));
            case 1: return channel_.pause(now_);
            case 2: return channel_.resume(now_);
            case 3: return channel_.closed("closed", now_);
            case 4: return channel_.connected(now_);
            case 5: return channel_.set_devices(devices(), now_);
            case 6: return ask();
            case 7: channel_.end_demotion("one", now_); return;
            case 8:
            case 9:
            case 10: return pass_time();
            default: return answer();
        }
    }

    void ask() {
        constexpr TimeRange always{};
        switch (input_.ConsumeIntegralInRange<int>(0, 3)) {
            case 0: channel_.request("one", {1, ReadNow{}}, now_); return;
            case 1: channel_.request("two", {2, read_time()}, now_); return;
            case 2: channel_.request("one", {3, read_increments(11, {1, 8, always})}, now_); return;
            default: channel_.request("two", {4, read_events(52, always)}, now_);
        }
    }

    /// Something that fits what was sent last, more or less.
    void answer() {
        if (last_.empty()) return;
        const Frame asked = parse_frame(last_).value();
        constexpr SecondaryFunction functions[] = {SecondaryFunction::ack,           SecondaryFunction::ack,
                                                   SecondaryFunction::user_data,     SecondaryFunction::user_data,
                                                   SecondaryFunction::nack,          SecondaryFunction::no_data,
                                                   SecondaryFunction::status_of_link};
        const SecondaryFunction function = functions[input_.ConsumeIntegralInRange<std::size_t>(0, 6)];
        const bool busy = input_.ConsumeIntegralInRange<int>(0, 7) == 7;
        OctetBuffer asdu;
        if (function == SecondaryFunction::user_data) asdu = answer_asdu();
        receive(encode_frame({to_octet(SecondaryControl{function, busy, false}), asked.link_address, asdu}));
    }

    /// The last request mirrored with another cause, its values, or the input's octets.
    OctetBuffer answer_asdu() {
        const auto asked = parse_asdu(last_asdu_);
        AsduHeader header = asked ? asked->header : AsduHeader{};
        const int kind = input_.ConsumeIntegralInRange<int>(0, 3);
        if (kind == 0) {
            OctetBuffer any = input_.ConsumeBytes<Octet>(100);
            any.resize(std::max(any.size(), min_asdu_size));
            return any;
        }
        if (kind == 1) {
            InstantaneousValues values;
            values.energies.emplace();
            header.cause = Cause::request;
            return make_instantaneous_values(header, values);
        }
        header.cause =
            kind == 2 ? Cause::activation_con : static_cast<Cause>(input_.ConsumeIntegralInRange<int>(5, 20));
        OctetBuffer mirrored = make_asdu(header);
        if (asked) mirrored.insert(mirrored.end(), asked->body.begin(), asked->body.end());
        return mirrored;
    }

    void receive(const OctetBuffer& octets) { channel_.receive(octets, now_); }

    void pass_time() {
        if (const auto next = channel_.next_deadline()) {
            now_ = std::max(now_, *next);
            channel_.on_deadline(now_);
        } else {
            now_ += 1s;
        }
        collect();
    }

    void collect() {
        std::size_t events = 0;
        while (const auto event = channel_.take_event()) {
            free_ = free_ || std::holds_alternative<LineFree>(*event);
            require(++events < 1000, "events of one input are few");
        }
        OctetBuffer output;
        channel_.take_output(output);
        const auto next = channel_.next_deadline();
        require(!next || *next > now_, "a deadline does not stay in the past");
        if (output.empty()) return;
        const auto frame = parse_frame(output);
        require(frame.has_value() && is_primary(frame->control), "one whole frame is sent at a time");
        free_ = false;
        last_ = output;
        if (!frame->asdu.empty()) last_asdu_.assign(frame->asdu.begin(), frame->asdu.end());
    }

    FuzzedDataProvider input_;
    TimePoint now_{};
    Channel channel_;
    OctetBuffer last_, last_asdu_;
    bool free_ = false;
};

}  // namespace
}  // namespace busbar::iec102

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    busbar::iec102::Script(data, size).run();
    return 0;
}
