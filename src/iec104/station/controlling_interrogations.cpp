#include "iec104/station/controlling_interrogations.hpp"

#include <algorithm>
#include <utility>

namespace busbar::iec104 {

using iec60870::AsduHeader;
using iec60870::Cause;
using iec60870::CommonAddress;

namespace {

constexpr std::uint8_t station_qoi = 20;
constexpr std::uint8_t general_qcc = 5;
constexpr std::uint8_t freeze_bits = 0xC0, freeze_qcc = 0x45;
constexpr iec60870::TypeId counter_interrogation = 101;

std::optional<TimePoint> after(TimePoint now, std::chrono::seconds period) {
    if (period.count() == 0) return std::nullopt;
    return now + period;
}

std::string refusal(Cause cause) {
    switch (cause) {
        case Cause::unknown_type: return "refused: type unknown (44)";
        case Cause::unknown_cause: return "refused: cause unknown (45)";
        case Cause::unknown_common_address: return "refused: common address unknown (46)";
        case Cause::unknown_ioa: return "refused: object address unknown (47)";
        default: return "refused";
    }
}

}  // namespace

void ControllingInterrogations::configure(const ControllingConfig& config, TimePoint now) {
    const bool general_changed = config.interrogate_every != config_.interrogate_every;
    const bool counters_changed = config.counters_every != config_.counters_every;
    config_ = config;
    if (!started_) return;
    if (general_changed) next_general_ = after(now, config_.interrogate_every);
    if (counters_changed) next_counters_ = after(now, config_.counters_every);
}

void ControllingInterrogations::start(TimePoint now) {
    started_ = true;
    if (config_.interrogate_on_start) add_all(false);
    if (config_.counters_every.count() != 0) add_all(true);
    next_general_ = after(now, config_.interrogate_every);
    next_counters_ = after(now, config_.counters_every);
}

void ControllingInterrogations::stop(std::deque<Ended>& ended) {
    if (running_) {
        const auto& request = running_->request;
        ended.push_back({request.common_address, request.qualifier, request.counters, false, "data transfer stopped"});
    }
    started_ = false;
    waiting_.clear();
    later_.clear();
    running_.reset();
    next_general_.reset();
    next_counters_.reset();
}

std::vector<CommonAddress> ControllingInterrogations::stations() const {
    return config_.stations.empty() ? std::vector{iec60870::all_stations} : config_.stations;
}

void ControllingInterrogations::add_all(bool counters) {
    for (const auto station : stations())
        for (const auto& request : requests_of(station, counters)) add(request);
}

/// Never repeated: what was frozen once must not be overwritten before it was read.
void ControllingInterrogations::freeze_all() {
    for (const auto station : stations()) add({station, freeze_qcc, true, false});
}

std::vector<ControllingInterrogations::Request> ControllingInterrogations::requests_of(CommonAddress station,
                                                                                       bool counters) const {
    if (counters) return {{station, general_qcc, true, true}};
    if (config_.groups.empty()) return {{station, station_qoi, false, true}};
    std::vector<Request> requests;
    for (const auto group : config_.groups)
        requests.push_back({station, static_cast<std::uint8_t>(station_qoi + group), false, true});
    return requests;
}

bool ControllingInterrogations::add(const Request& request) {
    if (!started_ || waiting_.size() >= most_waiting) return false;
    if (std::ranges::find(waiting_, request) == waiting_.end()) waiting_.push_back(request);
    return true;
}

void ControllingInterrogations::initialised(CommonAddress station, TimePoint now) {
    if (!config_.stations.empty() && std::ranges::find(config_.stations, station) == config_.stations.end()) return;
    const auto reaches = [station](const Request& request) {
        return !request.counters &&
               (request.common_address == station || request.common_address == iec60870::all_stations);
    };
    const bool in_the_middle = running_ && reaches(running_->request);
    for (const auto& wanted : requests_of(station, false)) {
        const auto asks_it = [&](const Request& request) {
            return reaches(request) && request.qualifier == wanted.qualifier;
        };
        if (std::ranges::any_of(waiting_, asks_it)) continue;
        // Some stations say it after every connection, between C_IC and its confirmation.
        if (in_the_middle && asks_it(running_->request) && !running_->confirmed) continue;
        // Not at once in the middle of an interrogation: a station that says it in each would never come to an end.
        if (in_the_middle)
            repeat_later(wanted, now);
        else
            add(wanted);
    }
}

void ControllingInterrogations::repeat_later(const Request& request, TimePoint now) {
    if (!request.repeats || later_.size() >= most_waiting) return;
    if (std::ranges::find(later_, request, &Later::request) == later_.end())
        later_.push_back({now + config_.retry_after, request});
}

std::optional<ControllingInterrogations::Request> ControllingInterrogations::take_next(TimePoint now) {
    if (running_ || waiting_.empty()) return std::nullopt;
    running_ = Running{waiting_.front(), now, now, false, {}};
    waiting_.pop_front();
    return running_->request;
}

bool ControllingInterrogations::concerns_running(const AsduHeader& header) const {
    const auto asked = running_->request.common_address;
    return asked == header.common_address || asked == iec60870::all_stations;
}

void ControllingInterrogations::answered(const AsduHeader& header, std::uint8_t qualifier, TimePoint now,
                                         std::deque<Ended>& ended) {
    if (header.cause == Cause::deactivation_con) return;  // nothing here deactivates
    const bool counters = header.type == counter_interrogation;
    const bool refused = header.negative || header.cause >= Cause::unknown_type;
    const bool mine = running_ && running_->request.counters == counters && running_->request.qualifier == qualifier &&
                      concerns_running(header);
    // After a freeze or reset a termination may or may not come: the confirmation is all.
    const bool done = header.cause == Cause::activation_term ||
                      (counters && (qualifier & freeze_bits) != 0 && header.cause == Cause::activation_con);
    if (!mine) {
        // The later stations of several that answer in turn to common address 65535, or an answer after its time.
        if (done && !refused) ended.push_back({header.common_address, qualifier, counters, true, {}});
        return;
    }
    running_->progress = now;
    const bool one_of_all = running_->request.common_address != header.common_address;
    if (!done && !refused) {
        running_->confirmed = true;
        if (running_->open.size() < most_waiting) running_->open.insert(header.common_address);
        return;
    }
    if (refused && !one_of_all) return fail(refusal(header.cause), now, ended);
    ended.push_back({header.common_address, qualifier, counters, !refused, refused ? refusal(header.cause) : ""});
    if (refused) repeat_later({header.common_address, qualifier, counters, running_->request.repeats}, now);
    running_->open.erase(header.common_address);
    if (running_->open.empty()) running_.reset();
}

void ControllingInterrogations::data_came(const AsduHeader& header, TimePoint now) {
    if (!running_ || !concerns_running(header)) return;
    const auto first = running_->request.counters ? Cause::counter_general : Cause::interrogated_by_station;
    const auto last = running_->request.counters ? Cause::counter_group_4 : Cause::interrogated_by_group_16;
    if (header.cause < first || header.cause > last) return;
    running_->confirmed = true;  // some stations send data without a confirmation
    running_->progress = now;
}

void ControllingInterrogations::fail(std::string reason, TimePoint now, std::deque<Ended>& ended) {
    const Request request = running_->request;
    running_.reset();
    ended.push_back({request.common_address, request.qualifier, request.counters, false, std::move(reason)});
    repeat_later(request, now);
}

TimePoint ControllingInterrogations::running_deadline() const {
    const auto whole = running_->began + config_.interrogation_limit;
    const auto next = running_->confirmed ? running_->progress + config_.progress_limit
                                          : running_->began + config_.confirmation_limit;
    return std::min<TimePoint>(whole, next);
}

void ControllingInterrogations::on_deadline(TimePoint now, std::deque<Ended>& ended) {
    if (running_ && running_deadline() <= now) {
        fail(running_->confirmed ? "not terminated in time" : "not confirmed in time", now, ended);
    }
    if (next_general_ && *next_general_ <= now) {
        add_all(false);
        next_general_ = after(now, config_.interrogate_every);
    }
    if (next_counters_ && *next_counters_ <= now) {
        if (config_.freeze_counters) freeze_all();
        add_all(true);
        next_counters_ = after(now, config_.counters_every);
    }
    for (const auto& later : later_) {
        if (later.when <= now) add(later.request);
    }
    std::erase_if(later_, [now](const Later& later) { return later.when <= now; });
}

std::optional<TimePoint> ControllingInterrogations::next_deadline() const {
    std::optional<TimePoint> next;
    const auto consider = [&next](std::optional<TimePoint> time) {
        if (time && (!next || *time < *next)) next = time;
    };
    if (running_) consider(running_deadline());
    consider(next_general_);
    consider(next_counters_);
    for (const auto& later : later_) consider(later.when);
    return next;
}

}  // namespace busbar::iec104
