#include "manage/supervise/supervisor.hpp"

#include <algorithm>
#include <utility>

namespace busbar::manage {

namespace {

RestartOptions restart_of(const config::Service& service) {
    RestartOptions options;
    options.wanted = service.restart;
    options.first = service.restart_delay;
    options.longest = std::max<Duration>(options.first, options.longest);
    return options;
}

ProcessView::State state_of(Child::State state) {
    switch (state) {
        case Child::State::running: return ProcessView::State::running;
        case Child::State::waiting: return ProcessView::State::waiting;
        case Child::State::stopping: return ProcessView::State::stopping;
        case Child::State::stopped: break;
    }
    return ProcessView::State::stopped;
}

}  // namespace

Supervisor::Supervisor(net::EventLoop& loop, Options options)
    : loop_(loop), options_(std::move(options)), log_timer_(loop) {
    log_timer_.every(look_at_logs_every, [this] { cut_logs(); });
}

std::filesystem::path Supervisor::log_file(std::string_view id) const {
    return options_.folder / (std::string(id) + ".log");
}

std::filesystem::path Supervisor::metrics_file(std::string_view id) const {
    return options_.folder / (std::string(id) + ".prom");
}

bool Supervisor::is_down(const Entry& entry) const {
    return !entry.child || entry.child->state() == Child::State::stopped;
}

void Supervisor::set(const std::vector<Supervised>& connectors) {
    for (auto& [id, entry] : entries_) {
        const bool wanted = std::any_of(connectors.begin(), connectors.end(),
                                        [&id = id](const auto& c) { return c.id == id && c.is_wanted(); });
        if (wanted) continue;
        entry.leaving = true;
        entry.delay->cancel();
        if (entry.child) entry.child->stop();
    }
    for (const Supervised& wanted : connectors) {
        if (!wanted.is_wanted()) continue;
        const auto [found, is_new] = entries_.try_emplace(wanted.id);
        Entry& entry = found->second;
        if (!is_new && !entry.leaving && entry.wanted == wanted) continue;
        const bool was_leaving = std::exchange(entry.leaving, false);
        const bool other_program = entry.child && entry.wanted.kind != wanted.kind;
        const config::Service before = std::exchange(entry.wanted, wanted).service;
        if (is_new) entry.delay = std::make_unique<net::Timer>(loop_);
        if (is_new || (was_leaving && is_down(entry))) {
            bring_up(entry, is_new);
        } else if (was_leaving || other_program) {
            entry.again = true;
            entry.child->stop();
        } else {
            take_service(entry, before);
        }
    }
    check_children();
}

/// A process that runs goes on; what its service says holds for its next end. What is down because it was not to be
/// started again, and now is, is started.
void Supervisor::take_service(Entry& entry, const config::Service& before) {
    const auto& service = entry.wanted.service;
    if (service == before) return;
    entry.child->change_restart(restart_of(service));
    if (service.restart && !before.restart && is_down(entry) && entry.child->starts() != 0) bring_up(entry, false);
}

Result<void> Supervisor::restart(std::string_view id) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.leaving) return fail(std::string(id) + " is not to run");
    Entry& entry = found->second;
    if (is_down(entry) || entry.child->state() == Child::State::waiting) {
        bring_up(entry, false);
        return {};
    }
    entry.again = true;
    entry.child->stop();
    return {};
}

void Supervisor::bring_up(Entry& entry, bool first) {
    const auto& id = entry.wanted.id;
    ChildOptions options;
    options.name = id;
    options.command = {options_.program, entry.wanted.kind, "--id", id, "--metrics-file", metrics_file(id)};
    options.environment = options_.environment;
    options.log_file = log_file(id);
    options.restart = restart_of(entry.wanted.service);
    entry.delay->cancel();
    entry.again = false;
    entry.child = std::make_unique<Child>(loop_, std::move(options));
    const auto delay = first ? entry.wanted.service.start_delay : std::chrono::milliseconds{0};
    if (delay.count() == 0) return entry.child->start();
    entry.delay->after(delay, [child = entry.child.get()] { child->start(); });
}

void Supervisor::check_children() {
    for (auto at = entries_.begin(); at != entries_.end();) {
        Entry& entry = at->second;
        if (entry.child) entry.child->check();
        if (entry.leaving && is_down(entry)) {
            at = entries_.erase(at);
            continue;
        }
        if (entry.again && is_down(entry)) bring_up(entry, false);
        ++at;
    }
    if (ended_ && entries_.empty()) std::exchange(ended_, nullptr)();
}

void Supervisor::end(std::function<void()> done) {
    ended_ = std::move(done);
    set({});
}

/// Connectors go on writing at the end of the file they have open: it is copied and emptied, not renamed.
void Supervisor::cut_logs() const {
    for (const auto& [id, entry] : entries_) {
        const auto log = log_file(id);
        std::error_code error;
        if (const auto size = std::filesystem::file_size(log, error); error || size <= longest_log) continue;
        std::filesystem::copy_file(log, log.string() + ".1", std::filesystem::copy_options::overwrite_existing, error);
        if (!error) std::filesystem::resize_file(log, 0, error);
    }
}

std::optional<ProcessView> Supervisor::view(std::string_view id) const {
    const auto found = entries_.find(id);
    if (found == entries_.end() || !found->second.child) return std::nullopt;
    const Child& child = *found->second.child;
    return ProcessView{state_of(child.state()), child.pid(), child.starts(), child.last_end()};
}

}  // namespace busbar::manage
