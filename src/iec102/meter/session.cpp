#include "iec102/meter/session.hpp"

#include <algorithm>
#include <utility>

namespace busbar::iec102 {
namespace {

using namespace std::chrono_literals;

constexpr auto busy_pause = 1s;         // between two looks at a station that said DFC
constexpr auto nack_pause = 500ms;      // at least, before user data that was not accepted is sent once more
constexpr auto no_data_pause = 200ms;   // between two polls of a station that has nothing yet
constexpr unsigned max_stale = 10;      // answers to something else, before we give up
constexpr unsigned max_asdus = 20'000;  // of one answer: half a year of quarter-hours, one a frame

bool is_nack(SecondaryFunction function) {
    return function == SecondaryFunction::nack || function == SecondaryFunction::not_functioning ||
           function == SecondaryFunction::not_used;
}

}  // namespace

void Session::ask(Question question, TimePoint now, bool believe) {
    require(is_idle(), "one question at a time");
    question_ = std::move(question);
    believe_ = believe;
    reopened_ = false;
    asdus_ = 0;
    begin(open_ ? Step::question : Step::status, now);
}

void Session::end(TimePoint now) {
    require(can_end(), "only a session that is open is ended");
    end_wanted_ = outstanding_;
    if (!end_wanted_) log_out(now);
}

void Session::log_out(TimePoint now) {
    end_wanted_ = false;
    question_ = end_session();
    begin(Step::end, now);
}

void Session::forget() {
    link_.forget();
    step_ = Step::idle;
    open_ = proven_ = busy_ = asks_whether_ready_ = false;
    repetitions_ = 0;
    outstanding_ = end_wanted_ = false;
    send_at_.reset();
}

Frame Session::take_frame() {
    require(send_at_.has_value(), "a frame is sent when one is due");
    send_at_.reset();
    outstanding_ = true;
    return link_.take_frame();
}

void Session::begin(Step step, TimePoint now) {
    step_ = step;
    polling_ = asks_whether_ready_ = confirmed_ = false;
    nacks_ = stale_ = 0;
    busy_until_.reset();
    switch (step) {
        case Step::idle: send_at_.reset(); return;
        case Step::status: link_.forget(); return begin_frame(PrimaryFunction::request_status, now);
        case Step::reset: return begin_frame(PrimaryFunction::reset_remote_link, now);
        case Step::login: login_ = start_session(config_.password); return send_user_data(now);
        case Step::question:
        case Step::end: return send_user_data(now);
    }
}

void Session::begin_frame(PrimaryFunction function, TimePoint at, OctetBuffer asdu) {
    link_.begin(function, std::move(asdu));
    repetitions_ = 0;
    send_at_ = at;
}

// A station that said DFC is asked for its status until it takes user data again. Nobody waits for that to log out.
void Session::send_user_data(TimePoint at) {
    asks_whether_ready_ = busy_ && step_ != Step::end;
    if (asks_whether_ready_) return begin_frame(PrimaryFunction::request_status, at + busy_pause);
    begin_frame(PrimaryFunction::user_data, at, current().asdu(config_.point_address));
}

void Session::poll(TimePoint at) { begin_frame(PrimaryFunction::request_class_2, at); }

std::optional<Session::Outcome> Session::answered(const SecondaryControl& control, Octets asdu, TimePoint now) {
    if (!std::exchange(outstanding_, false)) return std::nullopt;
    link_.answered(control);
    repetitions_ = 0;
    busy_ = control.data_flow;
    if (end_wanted_) {
        log_out(now);
        return std::nullopt;
    }
    if (busy_ && !busy_until_) busy_until_ = now + patience();
    if (asks_whether_ready_ || step_ == Step::status) return on_status(control, now);
    if (step_ == Step::reset) return on_reset(control, now);
    return polling_ ? on_poll(control, asdu, now) : on_confirm(control, now);
}

std::optional<Session::Outcome> Session::silent(TimePoint now) {
    if (!std::exchange(outstanding_, false)) return std::nullopt;
    if (is_ending()) {
        forget();
        return Ended{};
    }
    if (++repetitions_ > config_.retries)
        return fail(Failure::no_answer, "no answer to " + std::to_string(config_.retries + 1) + " attempts");
    send_at_ = now;
    return std::nullopt;
}

std::optional<Session::Outcome> Session::on_status(const SecondaryControl& control, TimePoint now) {
    if (is_nack(control.function)) return refuse("the link does not answer for its status", {}, false, now);
    if (busy_) {
        if (now >= *busy_until_) return fail(Failure::busy, "busy (DFC) for too long");
        begin_frame(PrimaryFunction::request_status, now + busy_pause);
    } else if (asks_whether_ready_) {
        send_user_data(now);
    } else {
        begin(Step::reset, now);
    }
    return std::nullopt;
}

std::optional<Session::Outcome> Session::on_reset(const SecondaryControl& control, TimePoint now) {
    if (is_nack(control.function)) return refuse("the link is not reset", {}, false, now);
    begin(Step::login, now);
    return std::nullopt;
}

std::optional<Session::Outcome> Session::on_confirm(const SecondaryControl& control, TimePoint now) {
    if (!is_nack(control.function)) {
        polling_ = true;
        data_until_ = now + (step_ == Step::end ? Duration{config_.request_timeout} : patience());
        poll(now);
        return std::nullopt;
    }
    if (step_ == Step::end) return leave(Ended{});
    const bool overloaded = busy_ && now < *busy_until_;
    if (!overloaded && ++nacks_ > 1) return refuse("not accepted (NACK)", {}, false, now);
    // An answer came, so this is a new frame and not a repetition.
    send_user_data(now + std::max<Duration>(nack_pause, config_.inter_request_delay));
    return std::nullopt;
}

std::optional<Session::Outcome> Session::on_poll(const SecondaryControl& control, Octets asdu, TimePoint now) {
    if (control.function == SecondaryFunction::user_data) return take_asdu(asdu, now);
    if (is_nack(control.function)) return refuse("the answer is not given (NACK)", {}, false, now);
    if (now >= data_until_) return fail(Failure::no_data, "no data for too long");
    poll(now + no_data_pause);
    return std::nullopt;
}

std::optional<Session::Outcome> Session::take_asdu(Octets octets, TimePoint now) {
    const auto asdu = parse_asdu(octets);
    const Verdict verdict = asdu ? judge(current(), *asdu, config_.point_address, confirmed_) : Verdict::stale;
    if (verdict == Verdict::stale) {
        if (++stale_ > max_stale) return fail(Failure::confused, "only answers to something else");
        poll(now);
        return std::nullopt;
    }
    stale_ = 0;
    data_until_ = std::max(data_until_, now + patience());
    switch (verdict) {
        case Verdict::confirmed:
            confirmed_ = true;
            poll(now);
            return std::nullopt;
        case Verdict::data:
            if (++asdus_ > max_asdus) return fail(Failure::confused, "an answer without end");
            poll(now);
            return Data{octets};
        case Verdict::finished: proven_ = true; return leave(Finished{});
        case Verdict::refused: return refuse(refusal_text(asdu->header), asdu->header.cause, true, now);
        default: return on_answer(octets, now);
    }
}

std::optional<Session::Outcome> Session::on_answer(Octets octets, TimePoint now) {
    if (step_ == Step::end) return leave(Ended{});
    if (step_ == Step::login) {
        open_ = true;
        begin(Step::question, now);
        return std::nullopt;
    }
    proven_ = true;
    return leave(Answered{octets});
}

// A meter that has closed an idle session refuses the next question: opened anew, it answers. So does one that lost its
// login on the way, if it gives no reason.
std::optional<Session::Outcome> Session::refuse(std::string text, Cause cause, bool keeps_session, TimePoint now) {
    if (step_ == Step::end) return leave(Ended{});
    if (step_ == Step::login) return fail(Failure::login_refused, std::move(text), cause);
    const bool in_vain = believe_ || reopened_ || asdus_ > 0;
    if (step_ == Step::question && !in_vain && (proven_ || !is_refusal(cause))) {
        forget();
        reopened_ = true;
        begin(Step::status, now);
        return std::nullopt;
    }
    // Refused as the first thing after the login: the next attempt begins with a login of its own. Cause 17 is about
    // the object and not about us.
    const bool in_doubt = !proven_ && cause != Cause::object_not_available;
    if (!keeps_session || in_doubt) return fail(Failure::refused, std::move(text), cause);
    return leave(Failed{Failure::refused, std::move(text), cause});
}

/// The session is lost with it.
std::optional<Session::Outcome> Session::fail(Failure why, std::string text, Cause cause) {
    const bool ending = step_ == Step::end;
    forget();
    if (ending) return Ended{};
    return Failed{why, std::move(text), cause};
}

Session::Outcome Session::leave(Outcome outcome) {
    if (step_ == Step::end) {
        forget();
    } else {
        step_ = Step::idle;
        send_at_.reset();
    }
    return outcome;
}

}  // namespace busbar::iec102
