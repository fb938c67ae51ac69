#include "sim/wire/fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "iec104/apci/apci.hpp"

namespace busbar::sim {
namespace {

constexpr std::array descriptions{
    FaultDescription{FaultKind::no_startdt_con, "no-startdt-con", 0, "does not confirm STARTDT"},
    FaultDescription{FaultKind::no_testfr_con, "no-testfr-con", 0, "does not confirm TESTFR"},
    FaultDescription{FaultKind::no_acknowledge, "no-acknowledge", 0, "stops acknowledging after N sent I-frames"},
    FaultDescription{FaultKind::silent, "silent", 10, "neither sends nor hears anything after N sent I-frames"},
    FaultDescription{FaultKind::garbage, "garbage", 10, "sends octets that are no APDU after N sent I-frames"},
    FaultDescription{FaultKind::close, "close", 10, "closes the connection after N sent I-frames"},
    FaultDescription{FaultKind::slow, "slow", 20, "sends octet by octet, N milliseconds apart"},
    FaultDescription{FaultKind::damaged_asdu, "damaged-asdu", 10, "sends a damaged ASDU every N I-frames"},
    FaultDescription{FaultKind::unknown_type, "unknown-type", 10, "sends an ASDU of type 150 every N I-frames"},
};

bool is_i_frame(Octets apdu) { return (apdu[2] & 1) == 0; }
bool is_s_frame(Octets apdu) { return (apdu[2] & 3) == 1; }
bool is_u_frame(Octets apdu, iec104::UFunction function) { return apdu[2] == static_cast<Octet>(function); }

}  // namespace

std::span<const FaultDescription> all_faults() { return descriptions; }

Result<Fault> parse_fault(std::string_view text) {
    const std::string_view name = text.substr(0, text.find(':'));
    const auto found = std::ranges::find(descriptions, name, &FaultDescription::name);
    if (found == descriptions.end()) return fail(fmt::format("there is no fault \"{}\"", name));
    Fault fault{found->kind, found->default_number};
    if (name.size() < text.size()) {
        const char* const end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data() + name.size() + 1, end, fault.number);
        if (error != std::errc{} || at != end)
            return fail(fmt::format("\"{}\" is no number of a fault", text.substr(name.size() + 1)));
    }
    return fault;
}

FaultySession::FaultySession(std::unique_ptr<net::Session> inner, std::vector<Fault> faults)
    : inner_(std::move(inner)), faults_(std::move(faults)) {}

const Fault* FaultySession::find(FaultKind kind) const {
    const auto found = std::ranges::find(faults_, kind, &Fault::kind);
    return found == faults_.end() ? nullptr : &*found;
}

bool FaultySession::strikes(FaultKind kind) const {
    const Fault* fault = find(kind);
    return fault && i_frames_sent_ >= fault->number;
}

bool FaultySession::swallows(Octets apdu) const {
    return (find(FaultKind::no_startdt_con) && is_u_frame(apdu, iec104::UFunction::startdt_act)) ||
           (find(FaultKind::no_testfr_con) && is_u_frame(apdu, iec104::UFunction::testfr_act));
}

void FaultySession::receive(Octets octets, TimePoint now) {
    if (strikes(FaultKind::silent)) return;
    if (!find(FaultKind::no_startdt_con) && !find(FaultKind::no_testfr_con)) return inner_->receive(octets, now);
    unread_.insert(unread_.end(), octets.begin(), octets.end());
    Octets rest(unread_);
    OctetBuffer passed;
    while (true) {
        const auto size = iec104::apdu_size(rest);
        if (size && (*size == 0 || *size > rest.size())) break;  // wait for more
        // What is no APDU is for the session to judge.
        const Octets apdu = rest.first(size ? *size : rest.size());
        if (apdu.size() < iec104::apci_size || !swallows(apdu)) passed.insert(passed.end(), apdu.begin(), apdu.end());
        rest = rest.subspan(apdu.size());
    }
    unread_.assign(rest.begin(), rest.end());
    if (!passed.empty()) inner_->receive(passed, now);
}

void FaultySession::on_deadline(TimePoint now) { inner_->on_deadline(now); }

void FaultySession::pass_out(std::span<Octet> apdu) {
    if (strikes(FaultKind::silent)) return;
    if (strikes(FaultKind::garbage)) {
        if (!garbage_sent_) waiting_.insert(waiting_.end(), {0xDE, 0xAD, 0xBE, 0xEF});
        garbage_sent_ = true;
        return;
    }
    if (strikes(FaultKind::close)) return;
    const bool acknowledges = is_i_frame(apdu) || is_s_frame(apdu);
    if (acknowledges && strikes(FaultKind::no_acknowledge)) {
        if (is_s_frame(apdu)) return;
        const auto number = frozen_receive_number_.value_or(0);
        apdu[4] = static_cast<Octet>(number);
        apdu[5] = static_cast<Octet>(number >> 8);
    } else if (acknowledges) {
        frozen_receive_number_ = static_cast<std::uint16_t>(apdu[4] | apdu[5] << 8);
    }
    if (is_i_frame(apdu)) ++i_frames_sent_;
    waiting_.insert(waiting_.end(), apdu.begin(), apdu.end());
}

void FaultySession::take_output(OctetBuffer& into, TimePoint now) {
    into.clear();
    inner_->take_output(output_, now);
    for (std::span<Octet> rest(output_); !rest.empty();) {
        const std::size_t size = std::min<std::size_t>(rest[1] + 2u, rest.size());
        pass_out(rest.first(size));
        rest = rest.subspan(size);
    }
    const Fault* slow = find(FaultKind::slow);
    if (!slow) return into.swap(waiting_);
    if (waiting_.empty() || now < next_octet_) return;
    into.assign(1, waiting_.front());
    waiting_.erase(waiting_.begin());
    next_octet_ = now + std::chrono::milliseconds(slow->number);
}

std::optional<TimePoint> FaultySession::next_deadline() const {
    const auto inner = inner_->next_deadline();
    if (waiting_.empty()) return inner;
    return inner ? std::min(*inner, next_octet_) : next_octet_;
}

std::optional<std::string> FaultySession::closed() const {
    if (strikes(FaultKind::silent)) return std::nullopt;
    if (strikes(FaultKind::close) && waiting_.empty()) return "fault: close";
    return inner_->closed();
}

void FaultySession::disconnected(const std::string& reason, TimePoint now) { inner_->disconnected(reason, now); }

OctetBuffer make_faulty_asdu(FaultKind kind, std::uint16_t common_address) {
    const auto low = static_cast<Octet>(common_address), high = static_cast<Octet>(common_address >> 8);
    if (kind == FaultKind::unknown_type) return {150, 1, 3, 0, low, high, 1, 0, 0, 0xCA, 0xFE};
    return {1, 5, 3, 0, low, high, 1, 0, 0, 1};  // five objects announced, one there
}

}  // namespace busbar::sim
