#include "store/lease.hpp"

#include <utility>

#include "store/reply_text.hpp"

namespace busbar::store {

namespace {

/// KEYS[1] the lease; ARGV: holder, the epoch held (0: none), 1 = may take over from its own holder, expiry in ms.
/// Answers {1, epoch} or {0, holder, ms until it expires}. TIME makes new epochs greater than all before, also after
/// the key expired.
constexpr std::string_view ask_script = R"(
local value = redis.call('GET', KEYS[1])
local mine = ARGV[1] .. ' ' .. ARGV[2]
if value == mine then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return {1, ARGV[2]}
end
local holder, epoch = '', 0
if value then
  holder, epoch = string.match(value, '^(.*) (%d+)$')
  if not holder then holder, epoch = value, 0 end
  if holder ~= ARGV[1] or ARGV[3] ~= '1' then return {0, holder, redis.call('PTTL', KEYS[1])} end
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local next = string.format('%.0f', math.max(now, tonumber(epoch) + 1, tonumber(ARGV[2]) + 1))
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. next, 'PX', ARGV[4])
return {1, next}
)";

constexpr std::string_view release_script = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
)";

}  // namespace

Lease::Lease(Store& store, std::string key, std::string holder, Handlers handlers, LeaseTimes times)
    : StorePart(store),
      key_(std::move(key)),
      holder_(std::move(holder)),
      handlers_(std::move(handlers)),
      times_(times),
      state_(times),
      timer_(store.loop()) {}

bool Lease::held() const { return state_.held(store_.loop().now()); }

void Lease::start() {
    started_ = true;
    step();
}

void Lease::release(std::function<void()> done) {
    const bool had = state_.epoch() != 0;
    const auto value = holder_ + " " + std::to_string(state_.epoch());
    started_ = false;
    ++life_;
    timer_.cancel();
    state_ = LeaseState{times_};
    told_epoch_ = 0;
    told_reason_.clear();
    if (!had) {
        if (done) store_.loop().post(guarded(std::move(done)));
        return;
    }
    store_.client().command({"EVAL", release_script, "1", key_, value}, guarded([done = std::move(done)](const Reply&) {
                                if (done) done();
                            }));
}

void Lease::connected() {
    state_.hurry();
    step();
}

/// Asks if it is time, sleeps until there is more to do, and says what changed.
void Lease::step() {
    if (!started_) return;
    const auto now = store_.loop().now();
    const bool connected = store_.is_connected();
    if (const auto request = connected ? state_.take_request(now) : std::nullopt) ask(*request);
    const auto next = state_.next_deadline(now, connected);
    if (next != TimePoint::max()) timer_.at(next, guarded([this] { step(); }));
    tell(now);
}

void Lease::ask(const LeaseRequest& request) {
    const auto epoch = std::to_string(request.epoch);
    const auto expiry = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(times_.expiry).count());
    store_.client().command({"EVAL", ask_script, "1", key_, holder_, epoch, request.take_over_own ? "1" : "0", expiry},
                            guarded([this, life = life_](const Reply& reply) {
                                if (life == life_) answered(reply);
                            }));
}

void Lease::answered(const Reply& reply) {
    const auto now = store_.loop().now();
    const auto parts = reply.children();
    if (parts.size() == 2 && parts[0].integer() == 1) {
        fault_.clear();
        state_.granted(static_cast<std::uint64_t>(to_number(parts[1].text())));
    } else if (parts.size() == 3) {
        fault_.clear();
        state_.refused(std::string{parts[1].text()}, std::chrono::milliseconds{parts[2].integer()}, now);
    } else {
        fault_ = fault_of(reply);
        state_.failed(now);
    }
    step();
}

/// Last of all, because the owner may destroy this lease when told.
void Lease::tell(TimePoint now) {
    if (state_.held(now)) {
        if (std::exchange(told_epoch_, state_.epoch()) == state_.epoch()) return;
        told_reason_.clear();
        const auto gained = handlers_.gained;
        gained(state_.epoch());
        return;
    }
    const auto& other = state_.other_holder();
    std::string reason = other.empty() ? fault_ : "held by " + other;
    if (reason.empty() && told_epoch_ != 0) reason = "not renewed in time";
    const bool news = told_epoch_ != 0 || (!reason.empty() && reason != told_reason_);
    if (!news) return;
    told_epoch_ = 0;
    told_reason_ = reason;
    const auto lost = handlers_.lost;
    lost(reason);
}

}  // namespace busbar::store
