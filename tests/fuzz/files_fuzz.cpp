#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/result.hpp"
#include "iec104/station/controlled_station.hpp"
#include "iec104/station/controlling_session.hpp"

/// File transfer at both stations: what the peer says, what the owner answers and how time passes comes from the input.
/// The peer's ASDUs stand at the input's beginning (the golden frames are such), what is done with them at its end.
namespace busbar::iec104 {
namespace {

constexpr std::uint32_t longest = 600, section_octets = 40;

/// An owner of files that answers well, badly or not in order, and watches what it is told.
class Owner {
public:
    explicit Owner(FuzzedDataProvider& input) : input_(input) {}

    template <class Files>
    void handle(const FileEvent& event, Files* files) {
        std::visit([&](const auto& what) { on(what, files); }, event);
    }
    void begun() { running_ = true; }

private:
    template <class Files>
    static constexpr bool is_controlled = requires(Files at) {
        at.refuse("");
    };
    bool well() { return input_.ConsumeIntegralInRange<int>(0, 9) != 0; }
    void begins() {
        require(!running_, "one transfer runs at a time");
        running_ = true;
    }

    template <class Files>
    void on(const FileSelected&, Files* at) {
        if constexpr (is_controlled<Files>) {
            begins();
            size_ = input_.ConsumeIntegralInRange<std::uint32_t>(0, longest);
            if (well()) return at->ready(size_);
            at->refuse("no");
        }
    }
    template <class Files>
    void on(const FileDeletionWanted& event, Files* at) {
        if constexpr (is_controlled<Files>) at->deleted(event.file, well());
    }
    template <class Files>
    void on(const SectionWanted& event, Files* at) {
        require(running_ && event.length <= section_octets && event.offset + event.length <= longest,
                "a section lies in its file");
        if (!well()) return at->abort("changed");
        at->provide(std::vector<Octet>(event.length, 7));
    }
    template <class Files>
    void on(const FileOffered& event, Files* at) {
        if (is_controlled<Files>) begins();
        require(event.length <= longest, "no file is too long");
        size_ = event.length;
        if (well()) return at->accept();
        at->abort("no", FileFault::no_memory);
    }
    template <class Files>
    void on(const SegmentReceived& event, Files*) {
        require(running_ && event.offset + event.octets.size() <= size_, "a segment lies in its file");
    }
    template <class Files>
    void on(const FileReceived& event, Files* at) {
        require(running_ && event.length == size_, "a file is as long as it was said to be");
        if (well()) return at->stored();
        at->abort("no room", FileFault::no_memory);
    }
    template <class Files>
    void on(const FileEnded&, Files*) {
        require(running_, "each transfer ends once");
        running_ = false;
    }
    template <class Other, class Files>
    void on(const Other&, Files*) {}

    FuzzedDataProvider& input_;
    bool running_ = false;
    std::uint32_t size_ = 0;
};

class Script {
public:
    explicit Script(FuzzedDataProvider& input) : input_(input), owner_(input) {}
    virtual ~Script() = default;

    void run() {
        for (int steps = 0; steps < 500 && input_.remaining_bytes() > 0 && !closed_; ++steps) {
            step();
            drain();
            collect();
        }
    }

protected:
    template <class Number>
    Number any(Number most) {
        return input_.ConsumeIntegralInRange<Number>(0, most);
    }
    virtual void receive(Octets octets) = 0;
    virtual const Link& link() const = 0;
    virtual void drain() = 0;
    virtual void take_output(OctetBuffer& into) = 0;
    virtual void want() = 0;
    virtual void pass_time() = 0;

    void receive_i_frame(Octets asdu) {
        const auto apci = i_frame_apci(link().received_count(), link().sent_count(), asdu.size());
        OctetBuffer frame(apci.begin(), apci.end());
        frame.insert(frame.end(), asdu.begin(), asdu.end());
        receive(frame);
        drain();
    }

    FuzzedDataProvider& input_;
    Owner owner_;
    TimePoint now_{};
    bool closed_ = false;

private:
    void step() {
        switch (any<unsigned>(9)) {
            case 0: return receive_golden();
            case 1: return want();
            case 2: return pass_time();
            case 3: return say_directory();
            default: return say();
        }
    }

    /// The next APDU of the input, as the I-frame that is due.
    void receive_golden() {
        const auto head = input_.ConsumeBytes<Octet>(apci_size);
        if (head.size() < apci_size) return;
        const auto asdu = input_.ConsumeBytes<Octet>(std::clamp<std::size_t>(head[1], 10, 253) - 4);
        if (asdu.size() >= 6) receive_i_frame(asdu);
    }

    /// What may come next in a transfer, most often with the right name, section and sum.
    void say() {
        FileAsdu asdu;
        asdu.type = static_cast<TypeId>(120 + any<unsigned>(5));
        asdu.file = {1, any<Ioa>(2), 1};
        asdu.section = any<std::uint8_t>(20);
        asdu.length = any<std::uint32_t>(longest + 1);
        asdu.negative = any<unsigned>(9) == 0;
        asdu.qualifier = any<std::uint8_t>(8);
        asdu.fault = static_cast<FileFault>(any<unsigned>(9) == 0 ? any<unsigned>(6) : 0);
        const OctetBuffer octets(any<std::size_t>(section_octets), 7);
        asdu.segment = octets;
        asdu.checksum = input_.ConsumeBool() ? static_cast<std::uint8_t>(7 * asdu.length) : any<std::uint8_t>(255);
        asdu.test = any<unsigned>(19) == 0;
        iec60870::AsduWriter writer;
        write_file_asdu(asdu, writer);
        receive_i_frame(writer.octets());
    }

    void say_directory() {
        const auto cause = static_cast<Octet>(input_.ConsumeBool() ? 5 : 3);
        OctetBuffer asdu{126, 0x81, cause, 0, 1, 0, any<Octet>(3), 0, 0};
        const auto entry = input_.ConsumeBytes<Octet>(13);
        asdu.insert(asdu.end(), entry.begin(), entry.end());
        receive_i_frame(asdu);
    }

    void collect() {
        take_output(output_);
        for (std::size_t at = 0; at < output_.size(); at += output_[at + 1] + std::size_t{2}) {
            require(at + apci_size <= output_.size() && output_[at] == 0x68, "only frames are sent");
            const Octets frame = Octets(output_).subspan(at, output_[at + 1] + std::size_t{2});
            // What is refused goes back as it came.
            if ((frame[2] & 1) == 0 && (frame[apci_size + 2] & 0x3f) < 44)
                require(iec60870::AsduView::parse(frame.subspan(apci_size)).has_value(), "and good ASDUs");
        }
        const auto open = link().sent_count() - link().acknowledged_count();
        require(open <= LinkConfig{}.k, "no more than k frames are open");
        const auto number = link().sent_count();
        if (open > 0 && any<unsigned>(3) != 0) {
            receive(OctetBuffer{0x68, 4, 1, 0, static_cast<Octet>(number << 1), static_cast<Octet>(number >> 7)});
            drain();
        }
    }

    OctetBuffer output_;
};

class AtControlled final : public Script {
public:
    explicit AtControlled(FuzzedDataProvider& input)
        : Script(input), station_(config(), now_), session_(station_.connect(station_.open_group("fuzz", {}), now_)) {
        const std::array<CommonAddress, 1> stations{1};
        station_.set_stations(stations);
        station_.set_file({1, 1, 1}, longest, {});
        receive(OctetBuffer{0x68, 4, 7, 0, 0, 0});
        drain();
    }

private:
    static ControlledStationConfig config() {
        ControlledStationConfig config;
        config.ring_octets = 0;
        ControlledFileRules rules;
        rules.longest = longest;
        rules.section_octets = section_octets;
        rules.allow_load = rules.allow_delete = true;
        config.files = rules;
        return config;
    }
    void receive(Octets octets) override {
        received_.assign(octets.begin(), octets.end());
        session_->receive(received_, now_);
    }
    const Link& link() const override { return session_->link(); }
    void take_output(OctetBuffer& into) override { session_->take_output(into, now_); }
    void drain() override {
        while (const auto event = session_->take_event(now_)) {
            require(!closed_, "Closed is said last");
            closed_ = std::holds_alternative<ControlledSession::Closed>(*event);
            if (const auto* file = std::get_if<FileEvent>(&*event)) owner_.handle(*file, session_->files());
        }
    }
    void want() override {
        if (input_.ConsumeBool()) return station_.set_file({1, any<Ioa>(3) + 1, 1}, any<std::uint32_t>(longest), {});
        station_.remove_file({1, any<Ioa>(3) + 1, 1});
    }
    void pass_time() override {
        now_ += std::chrono::milliseconds(any<int>(6000));
        session_->on_deadline(now_);
    }

    ControlledStation station_;
    std::unique_ptr<ControlledSession> session_;
    OctetBuffer received_;
};

class AtControlling final : public Script {
public:
    explicit AtControlling(FuzzedDataProvider& input) : Script(input), session_(config(), now_) {
        session_.allow_transfer(true, now_);
        receive(OctetBuffer{0x68, 4, 0x0b, 0, 0, 0});
        drain();
    }

private:
    static ControllingConfig config() {
        ControllingConfig config;
        config.interrogate_on_start = false;
        config.files.longest = longest;
        config.files.section_octets = section_octets;
        return config;
    }
    void receive(Octets octets) override {
        received_.assign(octets.begin(), octets.end());
        session_.receive(received_, now_);
    }
    const Link& link() const override { return session_.link(); }
    void take_output(OctetBuffer& into) override { session_.take_output(into, now_); }
    void drain() override {
        while (const auto event = session_.take_event(now_)) {
            require(!closed_, "Closed is said last");
            closed_ = std::holds_alternative<ControllingSession::Closed>(*event);
            if (const auto* file = std::get_if<FileEvent>(&*event)) owner_.handle(*file, session_.files());
            if (const auto* rejected = std::get_if<ControllingSession::AsduRejected>(&*event))
                session_.keep(rejected->number, now_);
            if (const auto* data = std::get_if<ControllingSession::AsduReceived>(&*event))
                session_.keep(data->number, now_);
            if (const auto* answer = std::get_if<ControllingSession::AnswerReceived>(&*event))
                session_.keep(answer->number, now_);
        }
    }
    void want() override {
        auto* files = session_.files();
        if (files == nullptr) return;
        const FileAddress file{1, any<Ioa>(2), 1};
        switch (any<unsigned>(2)) {
            case 0: static_cast<void>(files->call_directory(1)); return;
            case 1:
                if (files->fetch(file)) owner_.begun();
                return;
            default:
                if (files->send(file, any<std::uint32_t>(longest + 1))) owner_.begun();
        }
    }
    void pass_time() override {
        now_ += std::chrono::milliseconds(any<int>(6000));
        session_.on_deadline(now_);
    }

    ControllingSession session_;
    OctetBuffer received_;
};

}  // namespace
}  // namespace busbar::iec104

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider input(data, size);
    if (input.ConsumeBool()) {
        busbar::iec104::AtControlled(input).run();
    } else {
        busbar::iec104::AtControlling(input).run();
    }
    return 0;
}
