#include "sim/meter/meter_session.hpp"

#include <algorithm>
#include <utility>

#include "iec102/meter/json.hpp"
#include "sim/wire/ft12_text.hpp"

namespace busbar::sim {

namespace {

using Kind = MeterFaultKind;

/// Octets that a converter gathers from its port before it hands them on: the depth of the usual UART's buffer.
constexpr std::size_t converter_piece = 16;

/// "{"a":1}" -> "a":1
std::string_view members(std::string_view object) { return object.substr(1, object.size() - 2); }

}  // namespace

MeterLine::Session::Session(MeterLine& line, std::uint64_t number, std::string peer)
    : line_(line), number_(number), peer_(std::move(peer)), reader_(line.config_.gap_limit) {
    line_.journal_.line("connected").add("connection", number_).add("peer", peer_).end();
    line_.journal_.flush();
}

void MeterLine::Session::receive(Octets octets, TimePoint now) {
    reader_.receive(octets, now);
    take_frames(now);
}

void MeterLine::Session::on_deadline(TimePoint now) { take_frames(now); }

void MeterLine::Session::take_frames(TimePoint now) {
    while (const auto received = reader_.take_frame(now)) handle(*received, now);
    line_.journal_.flush();
}

void MeterLine::Session::handle(const iec102::FrameReader::Received& received, TimePoint now) {
    if (!iec102::is_primary(received.frame.control)) return;  // an echo of ours, or another meter
    SecondaryStation* station = line_.station(received.frame.link_address);
    if (!station) {
        ++line_.foreign_frames_;
        return record("foreign", received.octets, "");
    }
    const std::string& name = station->meter().config().name;
    record("received", received.octets, name);
    const MeterStep step = station->step(received.frame);
    const Struck faults = line_.faults_.strike(step);
    record_faults(faults, step);
    if (faults.has(Kind::deaf)) return;
    const UtcTime at = line_.journal_.now();
    auto answer = station->receive(received.frame, at, faults);
    if (faults.has(Kind::close)) closed_ = "fault: close";
    if (!answer || closed_ || faults.has(Kind::silence)) return;
    send(std::move(*answer), received.octets, faults, now);
}

void MeterLine::Session::send(OctetBuffer answer, Octets request, const Struck& faults, TimePoint now) {
    if (waiting_.size() >= most_waiting) {
        line_.complain(0, "the master goes on without waiting for answers");
        return;
    }
    OctetBuffer octets = damaged(std::move(answer), request, faults);
    record("sent", octets, "");
    enqueue(std::move(octets), request.size(), faults, now);
}

OctetBuffer MeterLine::Session::damaged(OctetBuffer answer, Octets request, const Struck& faults) {
    std::mt19937& random = line_.faults_.random();
    if (faults.has(Kind::wrong_address)) {
        iec102::Frame frame = *iec102::parse_frame(answer);
        ++frame.link_address;
        answer = iec102::encode_frame(frame);
    }
    if (faults.has(Kind::checksum)) ++answer[answer.size() - 2];
    if (faults.has(Kind::cut)) answer.resize(answer.size() / 2);
    OctetBuffer before;
    if (faults.has(Kind::echo)) before.assign(request.begin(), request.end());
    if (faults.has(Kind::ff)) before.insert(before.end(), 3, 0xFF);
    if (faults.has(Kind::noise)) {
        const std::size_t count = 1 + random() % 20;
        for (std::size_t i = 0; i < count; ++i) before.push_back(static_cast<Octet>(random()));
    }
    answer.insert(answer.begin(), before.begin(), before.end());
    return answer;
}

/// An answer begins when the request has gone over the line and the meter has taken its time, and comes in pieces, each
/// when its last octet has.
void MeterLine::Session::enqueue(OctetBuffer octets, std::size_t request_size, const Struck& faults, TimePoint now) {
    const Duration octet_time = line_.config_.octet_time;
    TimePoint when = now + static_cast<std::int64_t>(request_size) * octet_time + line_.config_.delay;
    const bool late = faults.has(Kind::late);
    if (late) {
        when += std::chrono::milliseconds(faults.milliseconds(Kind::late));
    } else {
        when = std::max(when, busy_until_);
    }
    if (faults.has(Kind::slow)) {
        const auto step = std::chrono::milliseconds(faults.milliseconds(Kind::slow));
        for (const Octet octet : octets) {
            wait({when, {octet}}, late);
            when += step;
        }
        return;
    }
    if (octet_time == Duration::zero()) return wait({when, std::move(octets)}, late);
    for (Octets rest = octets; !rest.empty();) {
        const Octets piece = rest.first(std::min(rest.size(), converter_piece));
        when += static_cast<std::int64_t>(piece.size()) * octet_time;
        wait({when, {piece.begin(), piece.end()}}, late);
        rest = rest.subspan(piece.size());
    }
}

/// A meter that is late does not hold up the answers of another.
void MeterLine::Session::wait(Due due, bool late) {
    if (!late) busy_until_ = due.when;
    const auto later = std::ranges::upper_bound(waiting_, due.when, {}, &Due::when);
    waiting_.insert(later, std::move(due));
}

void MeterLine::Session::take_output(OctetBuffer& into, TimePoint now) {
    into.clear();
    while (!waiting_.empty() && waiting_.front().when <= now) {
        into.insert(into.end(), waiting_.front().octets.begin(), waiting_.front().octets.end());
        waiting_.pop_front();
    }
}

std::optional<TimePoint> MeterLine::Session::next_deadline() const {
    const auto reader = reader_.next_deadline();
    if (waiting_.empty()) return reader;
    return reader ? std::min(*reader, waiting_.front().when) : waiting_.front().when;
}

std::optional<std::string> MeterLine::Session::closed() const { return closed_; }

void MeterLine::Session::disconnected(const std::string& reason, TimePoint) {
    line_.journal_.line("disconnected").add("connection", number_).add("reason", reason).end();
    line_.journal_.flush();
}

void MeterLine::Session::record(std::string_view what, Octets octets, const std::string& meter) {
    if (!line_.journal_.active()) return;
    JsonLine entry = line_.journal_.line(what);
    entry.add("connection", number_);
    if (!meter.empty()) entry.add("meter", meter);
    const bool show = line_.config_.show_passwords;
    if (const auto frame = iec102::parse_frame(octets)) entry.add_members(members(iec102::to_json(*frame)));
    entry.add("octets", ft12_hex(octets, show));
    entry.end();
}

void MeterLine::Session::record_faults(const Struck& faults, const MeterStep& step) {
    if (!faults.any()) return;
    for (const MeterFaultDescription& fault : all_meter_faults()) {
        if (!faults.has(fault.kind)) continue;
        line_.journal_.line("fault")
            .add("connection", number_)
            .add("link", step.link_address)
            .add("name", fault.name)
            .add("step", std::string(step.request) + (step.poll ? "-poll" : ""))
            .end();
    }
}

}  // namespace busbar::sim
