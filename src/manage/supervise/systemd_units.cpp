#include "manage/supervise/systemd_units.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "config/file.hpp"

namespace busbar::manage {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "busbar-connector@", suffix = ".service", ending = ".env";
constexpr std::size_t longest_complaint = 300;

/// As systemd reads it in an EnvironmentFile (systemd.exec(5)).
std::string environment_line(std::string_view assignment) {
    const auto equals = assignment.find('=');
    std::string line(assignment.substr(0, equals + 1));
    line += '"';
    for (const char character : assignment.substr(equals + 1)) {
        if (std::string_view("\"\\`$").find(character) != std::string_view::npos) line += '\\';
        line += character;
    }
    return line + "\"\n";
}

/// Only its owner may read it: the store's password may be in it.
bool write_private(const fs::path& path, const std::string& text) {
    const auto beside = path.string() + ".new";
    const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return false;
    const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    close(file);
    std::error_code error;
    if (written) fs::rename(beside, path, error);
    return written && !error;
}

int number(const std::string& text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

ProcessView::State state_of(const std::string& active, const std::string& sub) {
    if (active == "active" || active == "reloading") return ProcessView::State::running;
    if (active == "activating")
        return sub == "auto-restart" ? ProcessView::State::waiting : ProcessView::State::running;
    if (active == "deactivating") return ProcessView::State::stopping;
    if (active == "inactive" || active == "failed") return ProcessView::State::stopped;
    return ProcessView::State::unknown;
}

}  // namespace

SystemdUnits::SystemdUnits(net::EventLoop& loop, Options options)
    : loop_(loop), options_(std::move(options)), look_(loop), limit_(loop) {
    look_.every(look_every, [this] {
        look_due_ = true;
        next_call();
    });
}

std::string SystemdUnits::unit(std::string_view id) { return fmt::format("{}{}{}", prefix, id, suffix); }

void SystemdUnits::set(const std::vector<Supervised>& connectors) {
    forget_removed(connectors);
    for (const Supervised& connector : connectors) {
        const bool is_new = known_.insert(connector.id).second;
        const auto found = wanted_.find(connector.id);
        if (!connector.is_wanted()) {
            if (is_new || found != wanted_.end()) order(connector.id, "stop");
            wanted_.erase(connector.id);
            continue;
        }
        const bool other_program = found != wanted_.end() && found->second != connector.kind;
        if (found != wanted_.end() && !other_program) continue;
        wanted_[connector.id] = connector.kind;
        if (!write_environment(connector))
            trouble_ = fmt::format("{}: cannot be written", (options_.folder / (connector.id + ".env")).string());
        order(connector.id, other_program ? "restart" : "start");
    }
    next_call();
}

/// Also those that were removed while no service ran: their files are still there.
void SystemdUnits::forget_removed(const std::vector<Supervised>& connectors) {
    std::set<std::string, std::less<>> there;
    for (const Supervised& connector : connectors) there.insert(connector.id);
    std::error_code error;
    for (const auto& file : fs::directory_iterator(options_.folder, error)) {
        const std::string name = file.path().filename();
        if (!name.ends_with(ending)) continue;
        known_.insert(name.substr(0, name.size() - ending.size()));
    }
    for (auto id = known_.begin(); id != known_.end();) {
        if (there.contains(*id)) {
            ++id;
            continue;
        }
        order(*id, "stop");
        wanted_.erase(*id);
        faults_.erase(*id);
        fs::remove(options_.folder / (*id + ".env"), error);
        id = known_.erase(id);
    }
}

bool SystemdUnits::write_environment(const Supervised& connector) {
    std::string text = environment_line("BUSBAR_KIND=" + connector.kind);
    for (const auto& assignment : options_.environment) text += environment_line(assignment);
    return write_private(options_.folder / (connector.id + ".env"), text);
}

Result<void> SystemdUnits::restart(std::string_view id) {
    if (!wanted_.contains(id)) return fail(std::string(id) + " is not to run");
    order(std::string(id), "restart");
    next_call();
    return {};
}

void SystemdUnits::order(const std::string& id, std::string verb) {
    retry_.erase(id);
    orders_[id] = std::move(verb);
}

/// Orders first, then a look at what became of them.
void SystemdUnits::next_call() {
    if (call_) return;
    if (!orders_.empty()) {
        const auto [id, verb] = *orders_.begin();
        orders_.erase(orders_.begin());
        verb_ = verb;
        return call({"--no-block", verb, unit(id)}, id);
    }
    if (ended_) return std::exchange(ended_, nullptr)();
    if (!std::exchange(look_due_, false) || known_.empty()) return;
    std::vector<std::string> words{"show", "--property=Id,ActiveState,SubState,MainPID,NRestarts,Result", "--"};
    for (const auto& id : known_) words.push_back(unit(id));
    coming_.clear();
    lines_.clear();
    call(std::move(words), "");
}

void SystemdUnits::call(std::vector<std::string> words, std::string id) {
    ChildOptions options;
    options.name = options_.systemctl;
    // Its complaints are told like its answers.
    options.command = {"/bin/sh", "-c", "exec \"$0\" \"$@\" 2>&1", options_.systemctl};
    options.command.insert(options.command.end(), words.begin(), words.end());
    options.log_file = "/dev/null";
    options.wants_output = true;
    options.restart.wanted = false;
    called_for_ = std::move(id);
    complaint_.clear();
    call_ = std::make_unique<Child>(loop_, std::move(options), [this](std::string_view line) { take_line(line); });
    limit_.after(longest_call, [this] { call_->stop(); });
    call_->start();
    if (call_->state() == Child::State::stopped) loop_.post([this] { check_children(); });
}

void SystemdUnits::check_children() {
    if (!call_) return;
    call_->check();
    if (call_->state() == Child::State::stopped) called();
}

void SystemdUnits::called() {
    limit_.cancel();
    const bool good = call_->last_end() == "exit code 0";
    const std::string reason = complaint_.empty() ? call_->last_end() : complaint_;
    call_.reset();
    if (!called_for_.empty()) {
        if (good) {
            faults_.erase(called_for_);
            look_due_ = true;
        } else if (known_.contains(called_for_)) {
            faults_[called_for_] = fmt::format("{} {}: {}", options_.systemctl, verb_, reason);
            retry_.emplace(called_for_, verb_);
        }
    } else {
        take_unit();
        trouble_ = good ? "" : fmt::format("{} show: {}", options_.systemctl, reason);
        views_ = good ? std::exchange(coming_, {}) : decltype(views_){};
        for (auto& [id, verb] : std::exchange(retry_, {})) orders_.emplace(id, verb);
    }
    next_call();
}

void SystemdUnits::take_line(std::string_view line) {
    if (line.empty()) return take_unit();
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || !called_for_.empty()) {
        if (complaint_.empty()) complaint_ = line.substr(0, longest_complaint);
        return;
    }
    lines_.insert_or_assign(std::string(line.substr(0, equals)), std::string(line.substr(equals + 1)));
}

void SystemdUnits::take_unit() {
    auto properties = std::exchange(lines_, {});
    std::string_view id = properties["Id"];
    if (!id.starts_with(prefix) || !id.ends_with(suffix)) return;
    id = id.substr(prefix.size(), id.size() - prefix.size() - suffix.size());
    ProcessView view{state_of(properties["ActiveState"], properties["SubState"]), number(properties["MainPID"]),
                     static_cast<unsigned>(number(properties["NRestarts"])), ""};
    if (view.state != ProcessView::State::stopped) ++view.starts;
    if (properties["Result"] != "success") view.last_end = properties["Result"];
    coming_.insert_or_assign(std::string(id), std::move(view));
}

std::optional<ProcessView> SystemdUnits::view(std::string_view id) const {
    if (!known_.contains(id)) return std::nullopt;
    const auto found = views_.find(id);
    ProcessView view = found == views_.end() ? ProcessView{.state = ProcessView::State::unknown} : found->second;
    if (!trouble_.empty()) view.last_end = trouble_;
    if (const auto fault = faults_.find(std::string(id)); fault != faults_.end()) view.last_end = fault->second;
    return view;
}

Result<fs::path> SystemdUnits::log(std::string_view id) const {
    return fail(fmt::format("{} is run by systemd; its log is in the journal: journalctl -u {}", id, unit(id)));
}

void SystemdUnits::end(std::function<void()> done) {
    look_.cancel();
    look_due_ = false;
    retry_.clear();
    ended_ = std::move(done);
    next_call();
}

}  // namespace busbar::manage
