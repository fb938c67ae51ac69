#include "iec102/meter/device.hpp"

#include <algorithm>
#include <utility>

namespace busbar::iec102 {
namespace {

using namespace std::chrono_literals;

constexpr auto refused_pause = 60s;  // until an object that was refused is asked for again
constexpr auto ratios_period = 1h;   // transformers are exchanged, and meters told of it, while they run
constexpr std::size_t max_requests = 16;
constexpr int smoothing = 8;  // readings, of the interval that is reached

SessionConfig session_config(const DeviceConfig& device, const Patience& patience) {
    return {device.link_address, device.point_address,     device.password,
            patience.retries,    patience.request_timeout, patience.inter_request_delay};
}

std::size_t index_of(Octet object) { return object - value_objects.front(); }

bool has(Octet object, const InstantaneousValues& values) {
    switch (object) {
        case energy_object: return values.energies.has_value();
        case power_object: return values.powers.has_value();
        default: return values.voltages.has_value();
    }
}

/// The next point of the grid. A meter slower than its scan rate is read as fast as it goes: readings that were missed
/// are not made up for.
TimePoint next_on_grid(TimePoint origin, Duration period, TimePoint now) {
    return origin + ((now - origin) / period + 1) * period;
}

}  // namespace

std::string_view state_text(DeviceState state) {
    switch (state) {
        case DeviceState::disabled: return "disabled";
        case DeviceState::starting: return "starting";
        case DeviceState::good: return "good";
        case DeviceState::failing: return "failing";
        case DeviceState::demoted: return "demoted";
        case DeviceState::login_refused: return "login refused";
        case DeviceState::refusing: return "refusing";
    }
    return "";
}

Device::Device(const DeviceConfig& config, const Patience& patience, TimePoint now, ChannelEvents& events)
    : config_(config), session_(session_config(config, patience)), events_(events) {
    reset_schedule(now);
    status_.state = config.enabled ? DeviceState::starting : DeviceState::disabled;
    events_.push_back(DeviceChanged{config_.name, status_.state, ""});
}

void Device::configure(const DeviceConfig& config, const Patience& patience, TimePoint now) {
    const DeviceConfig before = std::exchange(config_, config);
    session_.configure(session_config(config, patience));
    for (std::size_t index = 0; index < objects_.size(); ++index) {
        if (before.periods[index] != config.periods[index]) reset_schedule(index, now);
    }
    if (before.read_ratios != config.read_ratios) ratios_due_ = {};
    if (!config.enabled) {
        if (status_.state != DeviceState::disabled) leave("the device is disabled", now);
        return change(DeviceState::disabled, "");
    }
    const bool other_meter = before.point_address != config.point_address || before.password != config.password;
    if (other_meter) forget("the device was changed");
    const bool demoted_no_more = status_.state == DeviceState::demoted && !config.demotion.enabled;
    if (other_meter || !before.enabled || demoted_no_more) {
        status_.failures = 0;
        reset_schedule(now);
        change(DeviceState::starting, "");
    }
}

std::optional<TimePoint> Device::wants_line_at() const {
    if (!session_.is_idle()) return session_.send_at();
    if (!is_on_scan()) return std::nullopt;
    if (!requests_.empty()) return TimePoint::min();
    return earliest_due();
}

bool Device::is_ready(TimePoint now) {
    const auto wanted = wants_line_at();
    if (!wanted || *wanted > now) return false;
    if (session_.is_idle()) begin_round(now);
    return session_.send_at() && *session_.send_at() <= now;
}

void Device::begin_round(TimePoint now) {
    if (requests_.empty()) {
        if (config_.read_ratios && ratios_due_ <= now) return begin_ratios(now);
        return begin_read(due_objects(now), now);
    }
    serving_ = std::move(requests_.front());
    requests_.pop_front();
    if (auto* question = std::get_if<Question>(&serving_->what)) return session_.ask(std::move(*question), now);
    std::vector<Octet> objects;
    for (std::size_t index = 0; index < objects_.size(); ++index) {
        if (config_.periods[index]) objects.push_back(value_objects[index]);
    }
    if (objects.empty()) objects.assign(value_objects.begin(), value_objects.end());
    begin_read(std::move(objects), now);
}

/// The values that are due are asked for in the next round.
void Device::begin_ratios(TimePoint now) {
    asks_ratios_ = true;
    if (!grid_) grid_ = now;
    session_.ask(iec102::read_ratios(), now, ratios_refused_);
}

void Device::put_off(Octet object, TimePoint now) {
    const std::size_t index = index_of(object);
    if (!grid_) grid_ = now;
    if (config_.periods[index]) objects_[index].due = next_on_grid(*grid_, *config_.periods[index], now);
}

void Device::begin_read(std::vector<Octet> objects, TimePoint now) {
    asked_ = std::move(objects);
    bool believe = false;
    for (const Octet object : asked_) {
        believe = believe || objects_[index_of(object)].refused;
        put_off(object, now);
    }
    session_.ask(read_instantaneous_values(asked_), now, believe);
}

std::vector<Octet> Device::due_objects(TimePoint now) const {
    std::vector<Octet> together, alone;
    for (std::size_t index = 0; index < objects_.size(); ++index) {
        if (!config_.periods[index] || due_of(index) > now) continue;
        (objects_[index].alone ? alone : together).push_back(value_objects[index]);
    }
    if (!together.empty() || alone.empty()) return together;
    return {alone.front()};
}

TimePoint Device::due_of(std::size_t index) const {
    return std::max(objects_[index].due, objects_[index].not_before.value_or(TimePoint::min()));
}

std::optional<TimePoint> Device::earliest_due() const {
    std::optional<TimePoint> next;
    for (std::size_t index = 0; index < objects_.size(); ++index) {
        if (config_.periods[index]) next = std::min(next.value_or(TimePoint::max()), due_of(index));
    }
    return next;
}

void Device::answered(const SecondaryControl& control, Octets asdu, TimePoint now) {
    if (const auto outcome = session_.answered(control, asdu, now)) handle(*outcome, now);
}

void Device::silent(TimePoint now) {
    if (const auto outcome = session_.silent(now)) handle(*outcome, now);
}

void Device::handle(const Session::Outcome& outcome, TimePoint now) {
    std::visit([&](const auto& what) { take(what, now); }, outcome);
}

void Device::take(const Session::Data& data, TimePoint) {
    if (serving_) events_.push_back(RequestAnswer{config_.name, serving_->id, {data.asdu.begin(), data.asdu.end()}});
}

void Device::take(const Session::Answered& answer, TimePoint now) {
    heard();
    if (!asked_.empty()) return take_values(answer.asdu, now);
    if (std::exchange(asks_ratios_, false)) return take_ratios(answer.asdu, now);
    if (serving_)
        events_.push_back(RequestAnswer{config_.name, serving_->id, {answer.asdu.begin(), answer.asdu.end()}});
    finish_request(std::nullopt);
}

void Device::take(const Session::Finished&, TimePoint) {
    heard();
    finish_request(std::nullopt);
}

void Device::take(const Session::Failed& failed, TimePoint now) {
    const bool asked_ratios = std::exchange(asks_ratios_, false);
    switch (failed.why) {
        case Failure::refused:
            ++status_.refusals;
            status_.failures = 0;
            if (!asked_.empty()) refuse_objects(failed, now);
            if (asked_ratios) refuse_ratios(failed.text, now);
            break;
        case Failure::login_refused:
            // Never hammered: a register may log it, or lock itself.
            ++status_.refusals;
            change(DeviceState::login_refused, "login refused: " + failed.text, now + config_.demotion.delay);
            fail_requests("login refused");
            break;
        case Failure::no_answer:
        case Failure::no_data:
        case Failure::busy:
        case Failure::confused:
            if (asked_ratios) std::ranges::for_each(due_objects(now), [&](Octet object) { put_off(object, now); });
            round_failed(failed.text, now);
    }
    asked_.clear();
    finish_request(failed.text);
}

void Device::take_values(Octets octets, TimePoint now) {
    const ReceivedValues received = instantaneous_values(parse_asdu(octets).value());
    const std::string missing = received.fault ? received.fault->what : "not in the answer";
    bool some = false;
    for (const Octet object : std::exchange(asked_, {})) {
        const std::size_t index = index_of(object);
        if (has(object, received.values)) {
            note_reading(objects_[index], status_.intervals[index], now);
            some = true;
        } else {
            refuse_object(index, missing);
        }
    }
    if (some) events_.push_back(ValuesRead{config_.name, received.values});
    change(some ? DeviceState::good : DeviceState::refusing, some ? "" : missing);
    finish_request(some ? std::nullopt : std::optional{missing});
}

void Device::take_ratios(Octets octets, TimePoint now) {
    const auto ratios = read_one<Ratios>(parse_asdu(octets).value());
    if (!ratios) return refuse_ratios(ratios.error().what, now);
    ratios_refused_ = false;
    ratios_due_ = now + ratios_period;
    events_.push_back(RatiosRead{config_.name, *ratios, ""});
}

void Device::refuse_ratios(const std::string& reason, TimePoint now) {
    ratios_refused_ = true;
    ratios_due_ = now + refused_pause;
    events_.push_back(RatiosRead{config_.name, std::nullopt, reason});
}

void Device::note_reading(ObjectState& object, std::optional<Duration>& interval, TimePoint now) {
    if (object.read_at) {
        const Duration passed = now - *object.read_at;
        interval = interval ? *interval + (passed - *interval) / smoothing : passed;
    }
    object.read_at = now;
    object.refused = object.alone = false;
    object.not_before.reset();
}

// Cause 17 of several objects says that one of them is not there, but not which.
void Device::refuse_objects(const Session::Failed& failed, TimePoint now) {
    const bool one_by_one = failed.cause == Cause::object_not_available && asked_.size() > 1;
    for (const Octet object : asked_) {
        ObjectState& state = objects_[index_of(object)];
        if (one_by_one) {
            state.alone = true;
            state.due = now;
            state.not_before.reset();
        } else {
            state.not_before = now + refused_pause;
            refuse_object(index_of(object), failed.text);
        }
    }
    if (one_by_one) return;
    for (std::size_t index = 0; index < objects_.size(); ++index) {
        if (config_.periods[index] && !objects_[index].refused) return;
    }
    change(DeviceState::refusing, "no instantaneous values: " + failed.text);
}

void Device::refuse_object(std::size_t index, const std::string& reason) {
    if (!std::exchange(objects_[index].refused, true))
        events_.push_back(ObjectRefused{config_.name, value_objects[index], reason});
}

void Device::round_failed(const std::string& reason, TimePoint now, unsigned least_failures) {
    ++status_.rounds_failed;
    ++status_.failures;
    forget_readings();
    if (!config_.demotion.enabled || status_.failures < std::max(config_.demotion.failures, least_failures))
        return change(DeviceState::failing, reason);
    ++status_.demotions;
    change(DeviceState::demoted, reason, now + config_.demotion.delay);
    fail_requests("the device is demoted");
}

/// The device's tags are bad for another reason now: readings and refusals are said anew.
void Device::forget_readings() {
    ratios_due_ = {};
    for (auto& object : objects_) {
        object.read_at.reset();
        object.refused = false;
    }
}

void Device::heard() {
    ++status_.answers;
    status_.failures = 0;
    if (status_.state == DeviceState::starting || status_.state == DeviceState::failing) change(DeviceState::good, "");
}

void Device::on_deadline(TimePoint now) {
    if (status_.until && now >= *status_.until) end_demotion(now);
}

std::optional<TimePoint> Device::next_deadline() const { return status_.until; }

bool Device::end_demotion(TimePoint now) {
    if (!status_.until) return false;
    status_.failures = 0;
    reset_schedule(now);
    change(DeviceState::starting, "on-scan again");
    return true;
}

std::optional<std::string> Device::request(Request request) {
    if (!is_on_scan()) return "the device is " + std::string{state_text(status_.state)};
    if (requests_.size() >= max_requests) return "too many requests are waiting";
    requests_.push_back(std::move(request));
    return std::nullopt;
}

void Device::leave(std::string_view why, TimePoint now) {
    if (session_.is_ending()) return;
    if (!session_.can_end()) return forget(why);
    finish_request(std::string{why});
    fail_requests(why);
    asked_.clear();
    asks_ratios_ = false;
    session_.end(now);
}

void Device::forget(std::string_view why) {
    session_.forget();
    asked_.clear();
    asks_ratios_ = false;
    ratios_due_ = {};
    finish_request(std::string{why});
    fail_requests(why);
}

void Device::line_lost(std::string_view why) {
    forget(why);
    forget_readings();
    if (is_on_scan()) change(DeviceState::failing, std::string{why});
}

void Device::lost_the_line(std::string_view why, TimePoint now) {
    constexpr unsigned least_losses = 2;
    forget(why);
    if (is_on_scan()) round_failed(std::string{why}, now, least_losses);
}

bool Device::is_on_scan() const {
    return status_.state != DeviceState::disabled && status_.state != DeviceState::demoted &&
           status_.state != DeviceState::login_refused;
}

void Device::change(DeviceState state, std::string reason, std::optional<TimePoint> until) {
    status_.until = until;
    if (status_.state == state && status_.reason == reason) return;
    status_.state = state;
    status_.reason = std::move(reason);
    events_.push_back(DeviceChanged{config_.name, state, status_.reason});
}

void Device::finish_request(std::optional<std::string> error) {
    if (!serving_) return;
    events_.push_back(RequestFinished{config_.name, serving_->id, std::move(error)});
    serving_.reset();
}

void Device::fail_requests(std::string_view why) {
    for (const Request& request : std::exchange(requests_, {}))
        events_.push_back(RequestFinished{config_.name, request.id, std::string{why}});
}

void Device::reset_schedule(TimePoint now) {
    grid_.reset();
    ratios_due_ = {};
    for (std::size_t index = 0; index < objects_.size(); ++index) reset_schedule(index, now);
}

void Device::reset_schedule(std::size_t index, TimePoint now) {
    objects_[index] = {};
    objects_[index].due = now;
    status_.intervals[index].reset();
}

}  // namespace busbar::iec102
