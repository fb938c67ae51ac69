#include "sim/scada/scada.hpp"

#include <fmt/format.h>

#include <utility>

#include "sim/scada/scada_session.hpp"
#include "sim/wire/object_json.hpp"
#include "sim/wire/words.hpp"

namespace busbar::sim {
namespace {

/// The word at `index`, or what is meant if it is not there.
template <class Number>
Result<Number> number_at(const std::vector<std::string_view>& words, std::size_t index, Number otherwise) {
    if (index >= words.size()) return otherwise;
    if (const auto number = read_number<Number>(words[index])) return *number;
    return fail(fmt::format("\"{}\" is no such number", words[index]));
}

}  // namespace

Scada::Scada(const ScadaConfig& config, Journal& journal, Screen* screen, std::function<void()> changed)
    : config_(config), journal_(journal), screen_(screen), files_(config.files), changed_(std::move(changed)) {}

Scada::~Scada() = default;

std::unique_ptr<net::Session> Scada::connect(std::string peer, std::function<void()> wake, TimePoint now) {
    auto session = std::make_unique<Session>(*this, std::move(peer), std::move(wake), now);
    session_ = session.get();
    return session;
}

void Scada::tell(std::string_view what, std::string_view peer, std::string_view reason) {
    JsonLine line = journal_.line(what);
    line.add("peer", peer);
    if (!reason.empty()) line.add("reason", reason);
    line.end();
    journal_.flush();
    show(reason.empty() ? fmt::format("{} {}", what, peer) : fmt::format("{} {}: {}", what, peer, reason));
}

void Scada::try_request(std::string_view text, TimePoint now) {
    const auto done = request(text, now);
    if (done) return;
    journal_.line("request_failed").add("request", text).add("reason", done.error().what).end();
    journal_.flush();
    show(fmt::format("{}: {}", text, done.error().what));
}

void Scada::show(std::string_view sentence) {
    if (screen_) screen_->tell(sentence, journal_.now());
}

void Scada::stop(TimePoint now) {
    if (session_) session_->stop(now);
}

Result<void> Scada::request(std::string_view text, TimePoint now) {
    const std::vector<std::string_view> words = split_words(text);
    if (words.empty()) return {};
    if (!session_) return fail("there is no connection");
    auto done = words[0] == "command" ? give_command(text.substr(text.find("command") + 7), now) : send(words, now);
    journal_.flush();
    session_->wake();
    return done;
}

Result<void> Scada::send(const std::vector<std::string_view>& words, TimePoint now) {
    iec104::ControllingSession& line = session_->protocol();
    const std::string_view what = words[0];
    const auto station = number_at<iec60870::CommonAddress>(words, 1, iec60870::all_stations);
    if (!station) return tl::make_unexpected(station.error());
    bool sent = true;
    if (what == "interrogate" || what == "counters") {
        const bool counters = what == "counters";
        const auto qualifier = number_at<std::uint8_t>(words, 2, counters ? 5 : 20);
        if (!qualifier) return tl::make_unexpected(qualifier.error());
        sent = counters ? line.interrogate_counters(*station, *qualifier, now)
                        : line.interrogate(*station, *qualifier, now);
    } else if (what == "read") {
        const auto ioa = number_at<iec60870::Ioa>(words, 2, 0);
        if (!ioa || words.size() < 3) return fail("read needs CASDU IOA");
        sent = line.read(*station, *ioa, now);
    } else if (what == "clock") {
        session_->synchronize_clock(*station, now);
    } else if (what == "test") {
        sent = line.test(*station, now);
    } else if (what == "stop") {
        line.stop_transfer(now);
    } else if (what == "start") {
        line.allow_transfer(true, now);
    } else if (what == "directory" || what == "fetch" || what == "send") {
        return order_file(words);
    } else {
        return fail(fmt::format("\"{}\" is no request", what));
    }
    return sent ? Result<void>{} : fail("data transfer is not started, or too much waits");
}

Result<void> Scada::give_command(std::string_view words, TimePoint now) {
    const auto request = parse_command(words);
    if (!request) return tl::make_unexpected(request.error());
    if (!session_->is_started()) return fail("data transfer is not started");
    const auto step = session_->commands().start(*request, now);
    if (!step) return fail("too many commands wait for answers");
    if (!send_step(*step, now)) return fail("data transfer is not started, or too much waits");
    return {};
}

bool Scada::send_step(const CommandFollower::Step& step, TimePoint now) {
    iec60870::AsduWriter writer(config_.session.format);
    const Octets asdu =
        encode_command(step.request, step.select, step.cause, config_.session.originator, journal_.now(), writer);
    // In the journal before it leaves: what is not there was never sent.
    JsonLine line = journal_.line("command");
    const auto view = iec60870::AsduView::parse(asdu, config_.session.format);
    add_header(line, view->header(), step.request.ioa);
    add_element(line, step.request.type, (*view)[0].element, journal_.now());
    line.end();
    journal_.flush();
    return session_->protocol().send(asdu, now);
}

}  // namespace busbar::sim
