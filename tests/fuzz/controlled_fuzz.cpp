#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "iec104/station/controlled_station.hpp"

/// A whole controlled station: what its peers send, what its owner does and how time passes comes from the input. The
/// peers' octets stand at the input's beginning (the golden frames are such), what is done with them at its end. Most
/// frames get the numbers that are due, so that they reach the application.
namespace busbar::iec104 {
namespace {

constexpr std::size_t connections = 3, group_count = 2;

class World {
public:
    World(const std::uint8_t* data, std::size_t size) : input_(data, size), station_(config(), now_) {
        for (auto& group : groups_) group = station_.open_group("fuzz", {});
    }

    void run() {
        for (int steps = 0; steps < 500 && input_.remaining_bytes() > 0; ++steps) {
            Peer& peer = peers_[input_.ConsumeIntegralInRange<std::size_t>(0, connections - 1)];
            step(peer);
            for (Peer& each : peers_) drain(each);
            require(station_.memory() < (1u << 20), "memory is bounded");
        }
    }

private:
    struct Peer {
        std::unique_ptr<ControlledSession> session;
    };

    static ControlledStationConfig config() {
        ControlledStationConfig config;
        config.ring_octets = 0;
        config.backlog_octets = 1000;
        return config;
    }

    template <class Number>
    Number any(Number most) {
        return input_.ConsumeIntegralInRange<Number>(0, most);
    }

    void step(Peer& peer) {
        switch (any<unsigned>(13)) {
            case 0: return connect(peer);
            case 1: return receive(peer, {0x68, 4, 7, 0, 0, 0});
            case 2: return receive(peer, input_.ConsumeBytes<Octet>(any<std::size_t>(300)));
            case 3:
            case 4:
            case 5: return receive_with_numbers(peer);
            case 6: return acknowledge(peer);
            case 7:
            case 8: return update();
            case 9: return answer_backlog();
            case 10: return pass_time();
            case 11: return send_answer(peer);
            case 12: return configure();
            case 13:
                return station_.repair(groups_[any<std::size_t>(group_count - 1)], {any<std::uint64_t>(1000), 0}, now_);
        }
    }

    void connect(Peer& peer) {
        peer = {};
        peer.session = station_.connect(groups_[any<std::size_t>(group_count - 1)], now_);
    }

    void receive(Peer& peer, const std::vector<Octet>& octets) {
        if (!peer.session) connect(peer);
        peer.session->receive(octets, now_);
        drain(peer);
    }

    static std::array<Octet, 2> field(std::uint64_t number) {
        return {static_cast<Octet>(number << 1), static_cast<Octet>(number >> 7)};
    }

    /// The next APDU of the input, as the I-frame that is due.
    void receive_with_numbers(Peer& peer) {
        const auto head = input_.ConsumeBytes<Octet>(2);
        if (head.size() < 2 || !peer.session) return;
        auto frame = input_.ConsumeBytes<Octet>(std::min<std::size_t>(head[1], 253));
        if (frame.size() < 4) return;
        const auto ns = field(peer.session->link().received_count());
        const auto nr = field(peer.session->link().acknowledged_count());
        std::copy(ns.begin(), ns.end(), frame.begin());
        std::copy(nr.begin(), nr.end(), frame.begin() + 2);
        frame.insert(frame.begin(), {0x68, static_cast<Octet>(frame.size())});
        receive(peer, frame);
    }

    void acknowledge(Peer& peer) {
        if (!peer.session) return;
        const auto open = peer.session->link().sent_count() - peer.session->link().acknowledged_count();
        const auto nr = field(peer.session->link().acknowledged_count() + any<std::uint64_t>(open));
        receive(peer, {0x68, 4, 1, 0, nr[0], nr[1]});
    }

    ObjectUpdate any_update(std::vector<Octet>& element) {
        constexpr std::array<TypeId, 8> types{1, 30, 13, 36, 15, 37, 39, 2};
        ObjectUpdate update;
        update.common_address = any<CommonAddress>(3);
        update.ioa = any<Ioa>(300);
        update.type = types[any<std::size_t>(types.size() - 1)];
        const auto* type = iec60870::find_type(update.type);
        element.assign(type->size + any<std::size_t>(1), any<Octet>(255));
        update.element = element;
        update.cause = static_cast<Cause>(any<unsigned>(63));
        update.image = any<unsigned>(3) != 0;
        update.event = any<unsigned>(3) != 0;
        return update;
    }

    void update() {
        std::vector<Octet> element;
        for (auto count = any<unsigned>(20); count > 0; --count) {
            ObjectUpdate update = any_update(element);
            update.position = {++position_, 0};
            station_.update(update, now_);
        }
        switch (any<unsigned>(5)) {
            case 0: return;
            case 1: return station_.advance({++position_, 0});
            case 2: return station_.remove(any<CommonAddress>(3), any<Ioa>(300));
            case 3:
                return station_.set_attributes(any<CommonAddress>(3), any<Ioa>(300),
                                               {.groups = any<std::uint16_t>(65535),
                                                .counter_group = any<std::uint8_t>(4),
                                                .cyclic = std::chrono::seconds(any<int>(2)),
                                                .background = std::chrono::seconds(any<int>(2)),
                                                .double_transmission = input_.ConsumeBool()});
            default: return station_.flush(now_);
        }
    }

    void answer_backlog() {
        const auto request = station_.take_backlog_request();
        if (!request) return;
        std::vector<std::vector<Octet>> elements(any<std::size_t>(20));
        std::vector<ObjectUpdate> updates;
        Position position = request->after;
        for (auto& element : elements) {
            updates.push_back(any_update(element));
            position.major += any<std::uint64_t>(2);
            updates.back().position = position;
        }
        const std::size_t taken = station_.feed(*request, updates, {position.major + any<std::uint64_t>(100), 0}, now_);
        require(taken <= updates.size(), "no more is taken than is given");
    }

    void pass_time() {
        now_ += std::chrono::milliseconds(any<int>(20'000));
        station_.on_deadline(now_);
        for (Peer& peer : peers_)
            if (peer.session) peer.session->on_deadline(now_);
    }

    void send_answer(Peer& peer) {
        if (peer.session) peer.session->send(input_.ConsumeBytes<Octet>(any<std::size_t>(260)), now_);
    }

    void configure() {
        auto changed = config();
        changed.interrogation_time_tags = input_.ConsumeBool();
        changed.format.cause_size = any<unsigned>(9) == 0 ? 1 : 2;
        station_.configure(changed);
    }

    void drain(Peer& peer) {
        if (!peer.session) return;
        bool closed = false;
        while (const auto event = peer.session->take_event(now_))
            closed = closed || std::holds_alternative<ControlledSession::Closed>(*event);
        peer.session->take_output(output_, now_);
        for (std::size_t at = 0; at < output_.size(); at += output_[at + 1] + std::size_t{2}) {
            require(at + 6 <= output_.size() && output_[at] == 0x68, "only frames are sent");
        }
        const Link& link = peer.session->link();
        require(link.sent_count() - link.acknowledged_count() <= LinkConfig{}.k, "no more than k frames are open");
        const auto next = peer.session->next_deadline();
        require(closed || (next && *next + std::chrono::seconds(60) > now_), "a deadline does not stay in the past");
        if (closed) peer = {};
    }

    FuzzedDataProvider input_;
    TimePoint now_{};
    std::uint64_t position_ = 0;
    ControlledStation station_;
    std::array<ControlledStation::GroupId, group_count> groups_{};
    std::array<Peer, connections> peers_;
    OctetBuffer output_;
};

}  // namespace
}  // namespace busbar::iec104

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    busbar::iec104::World(data, size).run();
    return 0;
}
