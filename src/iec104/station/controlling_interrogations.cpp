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
    stop();
    started_ = true;
    if (config_.interrogate_on_start) add_all(false);
    if (config_.counters_every.count() != 0) add_all(true);
    next_general_ = after(now, config_.interrogate_every);
    next_counters_ = after(now, config_.counters_every);
}

void ControllingInterrogations::stop() {
    started_ = false;
    waiting_.clear();
    later_.clear();
    running_.reset();
    next_general_.reset();
    next_counters_.reset();
}

void ControllingInterrogations::add_all(bool counters) {
    auto stations = config_.stations;
    if (stations.empty()) stations.push_back(iec60870::all_stations);
    for (const auto station : stations) {
        if (counters) {
            add({station, general_qcc, true, true});
        } else if (config_.groups.empty()) {
            add({station, station_qoi, false, true});
        }
        for (const auto group : counters ? std::vector<std::uint8_t>{} : config_.groups) {
            add({station, static_cast<std::uint8_t>(station_qoi + group), false, true});
        }
    }
}

bool ControllingInterrogations::add(const Request& request) {
    if (!started_ || waiting_.size() >= most_waiting) return false;
    if (std::ranges::find(waiting_, request) == waiting_.end()) waiting_.push_back(request);
    return true;
}

void ControllingInterrogations::initialised(CommonAddress common_address) {
    const auto covers = [common_address](const Request& request) {
        return !request.counters &&
               (request.common_address == common_address || request.common_address == iec60870::all_stations);
    };
    if (running_ && covers(running_->request) && !running_->confirmed) return;
    if (std::ranges::any_of(waiting_, covers)) return;
    add({common_address, station_qoi, false, true});
}

std::optional<ControllingInterrogations::Request> ControllingInterrogations::take_next(TimePoint now) {
    if (running_ || waiting_.empty()) return std::nullopt;
    running_ = Running{waiting_.front(), now, now, false, {}};
    waiting_.pop_front();
    return running_->request;
}

bool ControllingInterrogations::is_mine(const AsduHeader& header) const {
    if (!running_ || running_->request.counters != (header.type == 101)) return false;
    const auto asked = running_->request.common_address;
    return asked == header.common_address || asked == iec60870::all_stations;
}

void ControllingInterrogations::answered(const AsduHeader& header, std::uint8_t qualifier, TimePoint now,
                                         std::deque<Ended>& ended) {
    const bool terminated = header.cause == Cause::activation_term;
    if (!is_mine(header) || running_->request.qualifier != qualifier) {
        // Some stations answer what somebody else asked, or late: complete is complete.
        if (terminated && !header.negative) {
            ended.push_back({header.common_address, qualifier, header.type == 101, true, {}});
        }
        return;
    }
    running_->progress = now;
    const bool by_station =
        running_->request.common_address == iec60870::all_stations && header.common_address != iec60870::all_stations;
    const bool refused = header.negative || header.cause >= Cause::unknown_type;
    if (header.cause == Cause::activation_con && !refused) {
        running_->confirmed = true;
        if (by_station) running_->open.push_back(header.common_address);
        return;
    }
    if (!terminated && !refused) return;
    if (refused && !by_station) return fail(refusal(header.cause), now, ended);
    ended.push_back({header.common_address, qualifier, running_->request.counters, !refused,
                     refused ? refusal(header.cause) : std::string()});
    std::erase(running_->open, header.common_address);
    if (running_->open.empty()) running_.reset();
}

void ControllingInterrogations::data_came(const AsduHeader& header, TimePoint now) {
    if (!running_) return;
    const auto cause = static_cast<unsigned>(header.cause);
    const bool fits = running_->request.counters ? cause >= 37 && cause <= 41 : cause >= 20 && cause <= 36;
    if (!fits) return;
    running_->confirmed = true;  // data without a confirmation is taken (case 138)
    running_->progress = now;
}

void ControllingInterrogations::fail(std::string reason, TimePoint now, std::deque<Ended>& ended) {
    const Request request = running_->request;
    running_.reset();
    ended.push_back({request.common_address, request.qualifier, request.counters, false, std::move(reason)});
    if (request.repeats && later_.size() < most_waiting) later_.push_back({now + config_.retry_after, request});
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
