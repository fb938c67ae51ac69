#include "connector/common/life.hpp"

#include <boost/json.hpp>
#include <csignal>
#include <utility>

#include "config/reading.hpp"
#include "connector/common/counters.hpp"
#include "connector/common/tls_settings.hpp"
#include "net/tls_end.hpp"

namespace busbar::connector {

namespace {

constexpr Duration longest_stop = std::chrono::seconds{4};

std::string as_error(std::string_view what) { return boost::json::serialize(boost::json::object{{"error", what}}); }

}  // namespace

store::ClientOptions client_options(const config::StoreOptions& options) {
    store::ClientOptions client;
    if (options.is_unix_socket()) {
        client.address.path = options.host;
    } else {
        client.address.host = options.host;
        client.address.port = options.port;
    }
    client.user = options.user;
    client.password = options.password;
    if (options.tls) client.address.tls = std::make_shared<net::TlsEnd>(tls_settings(*options.tls));
    return client;
}

static store::ClientOptions command_options(const config::StoreOptions& options,
                                            std::function<std::optional<std::string>()> barred) {
    auto client = client_options(options);
    client.barred = std::move(barred);
    return client;
}

Life::Life(Identity identity, const config::StoreOptions& store, std::string updates_stream)
    : identity_(std::move(identity)),
      store_(loop_, command_options(store, [this] { return barred(); })),
      subscriptions_(loop_, client_options(store)),
      status_(store_, identity_.id, BUSBAR_VERSION),
      errors_(store_, identity_.id),
      publisher_(store_, identity_.id),
      health_(store_, identity_.id, updates_stream,
              {.up =
                   [this] {
                       log(messages::store_up, store_.options().address.to_string());
                       count_store_time(true);
                       update_state();
                       store_up();
                   },
               .down =
                   [this](const std::string& reason) {
                       if (reason != store::not_connected_yet) log(messages::store_down, reason);
                       count_store_time(false);
                       update_state();
                       store_down(reason);
                   }}),
      config_watch_(store_, subscriptions_, identity_.id,
                    {.config = [this](auto json) { take_config(json); },
                     .mapping = [this](auto json) { take_mapping(json); },
                     .fault =
                         [](std::string_view key, std::string_view error) {
                             if (!error.empty()) log(messages::config_refused, key, error);
                         }}),
      requests_(store_, identity_.id, [this](const auto& request) { take_request(request); }),
      lease_(store_, store::keys::lease(identity_.id), identity_.instance,
             {.gained = [this](std::uint64_t epoch) { lease_gained(epoch); },
              .lost = [this](const std::string& reason) { lease_lost(reason); }}),
      trimmer_(store_, identity_.id + "/" + identity_.instance,
               {.fault =
                    [this](const std::string& fault) {
                        if (fault.empty()) return;
                        log(messages::retention_refused, fault);
                        errors_.report("retention refused", fault);
                    },
                .held_back =
                    [](const std::string& consumer) {
                        if (!consumer.empty()) log(messages::retention_held, consumer);
                    }},
               std::move(updates_stream)),
      metrics_(loop_, {.text = [this] { return metrics(); },
                       .on_failed = [](const std::string& file,
                                       const std::string& reason) { log(messages::metrics_failed, file, reason); }}),
      refresh_(loop_),
      stop_limit_(loop_) {}

int Life::run() {
    log(messages::starting, BUSBAR_VERSION, identity_.id, identity_.kind, store_.options().address.to_string());
    loop_.on_signal({SIGTERM, SIGINT, SIGHUP}, [this](int number) { take_signal(number); });
    set_log_listener([this](std::string_view line) {
        if (publisher_.wanted(store::Publisher::log)) publisher_.publish(store::Publisher::log, line);
    });
    status_.set("instance", identity_.instance);
    status_.set("kind", identity_.kind);
    metrics_.use(identity_.metrics_file);
    store_.start();
    health_.start();
    lease_.start();
    manager_.ready("Starting");
    loop_.run();
    set_log_listener({});
    show_state(store::ConnectorState::stopped, "");
    store_.stop();
    log(messages::stopped);
    return 0;
}

/// Counters of the store's absences; the status hash has them when it is back.
void Life::count_store_time(bool up) {
    if (!up) {
        if (!store_away_since_) store_away_since_ = loop_.now();
        return;
    }
    if (!store_away_since_) return;
    if (store_was_up_) {
        ++store_losses_;
        store_away_ += loop_.now() - *store_away_since_;
    }
    store_away_since_.reset();
    store_was_up_ = true;
    status_.set("store_losses", store_losses_);
    status_.set("store_away_ms", std::chrono::duration_cast<std::chrono::milliseconds>(store_away_).count());
}

void Life::take_signal(int number) {
    if (number != SIGHUP) return stop(number == SIGINT ? "SIGINT" : "SIGTERM");
    const auto outcome = reload();
    if (!outcome) {
        log(messages::reload_failed, outcome.error());
        return;
    }
    log(messages::reloaded);
    config_watch_.look();
}

void Life::lease_gained(std::uint64_t) {
    if (stopping_) return;
    leading_ = true;
    lease_fault_.clear();
    log(messages::lease_taken, identity_.id);
    update_state();  // the first that is written is not what a standby said
    status_.start();
    publisher_.start();
    if (!std::exchange(watching_, true)) {
        config_watch_.start();
        requests_.start();
        trimmer_.start();
    }
    refresh_.every(std::chrono::seconds{1}, [this] {
        if (active_) refresh_status();
    });
    begin_if_ready();
    update_state();
}

std::optional<std::string> Life::barred() const {
    if (!leading_ || lease_.held()) return std::nullopt;
    return "this process was held up longer than its lease";
}

/// What is written but has not left, or not been answered, is given up with the lease: another may be at work already.
void Life::lease_lost(const std::string& reason) {
    if (std::exchange(leading_, false)) store_.client().drop("the lease is lost: " + reason);
    if (stopping_) return;
    lease_fault_ = lease_.other_holder().empty() ? reason : "";
    if (std::exchange(active_, false)) {
        log(messages::lease_lost, identity_.id, reason);
        deactivate(reason);
    } else if (!lease_.other_holder().empty()) {
        log(messages::standby, identity_.id, lease_.other_holder());
    }
    refresh_.cancel();
    status_.pause();
    write_lines(status_, {});  // all are closed
    update_state();
}

void Life::begin_if_ready() {
    if (active_ || stopping_ || !config_good_ || !mapping_seen_ || !lease_.held()) return;
    active_ = true;
    activate();
}

void Life::take_config(std::optional<std::string_view> json) {
    if (!json) log(messages::config_absent);
    const auto outcome = apply_config(json);
    config_seen_ = true;
    config_good_ = config_good_ || outcome.has_value();
    take_outcome("configuration", outcome, config_fault_);
    if (outcome) status_.set("config_revision", static_cast<std::int64_t>(outcome->revision));
    begin_if_ready();
    update_state();
}

void Life::take_mapping(std::optional<std::string_view> json) {
    const auto outcome = apply_mapping(json);
    mapping_seen_ = true;
    take_outcome("mapping", outcome, mapping_fault_);
    if (outcome && json) status_.set("mapping_revision", static_cast<std::int64_t>(outcome->revision));
    begin_if_ready();
    update_state();
}

void Life::take_outcome(std::string_view what, const Outcome& outcome, std::string& fault) {
    status_.set(fmt::format("{}_fault", what), outcome ? std::string_view() : std::string_view(outcome.error()));
    if (!outcome) {
        fault = fmt::format("{} refused: {}", what, outcome.error());
        log(messages::config_refused, what, outcome.error());
        errors_.report(fmt::format("{} refused", what), outcome.error());
        return;
    }
    fault.clear();
    for (const auto& warning : outcome->warnings) log(messages::config_warning, what, warning);
    log(messages::config_applied, what, outcome->revision, outcome->note.empty() ? "" : ": " + outcome->note);
}

void Life::take_request(const store::Request& request) {
    if (!active_) return;
    log(messages::requested, request.id, request.action);
    this->request(request.action, request.data,
                  [this, id = std::string(request.id), action = std::string(request.action)](const auto& answer) {
                      requests_.reply(id, action, answer ? *answer : as_error(answer.error().what));
                  });
}

void Life::set_trouble(std::string trouble) {
    if (trouble_ == trouble) return;
    trouble_ = std::move(trouble);
    update_state();
}

void Life::set_ready(bool ready) {
    ready_ = ready;
    update_state();
}

void Life::update_state() {
    using store::ConnectorState;
    if (stopping_) return;
    const std::string fault = config_fault_.empty() ? mapping_fault_ : config_fault_;
    if (health_.is_known_down()) {
        show_state(ConnectorState::error, "the store is away: " + health_.reason());
    } else if (!leading_ && !lease_.other_holder().empty()) {
        show_state(ConnectorState::starting, "standing by: active elsewhere (" + lease_.other_holder() + ")");
    } else if (!lease_fault_.empty()) {
        show_state(ConnectorState::error, "no lease: " + lease_fault_);
    } else if (config_seen_ && !config_good_) {
        show_state(ConnectorState::error, fault);
    } else if (!trouble_.empty()) {
        show_state(ConnectorState::error, trouble_);
    } else if (active_ && ready_) {
        show_state(ConnectorState::running, fault);
    } else {
        show_state(ConnectorState::starting, fault);
    }
}

/// In the status hash as soon as the store takes it, in the metrics file at once.
void Life::show_state(store::ConnectorState state, std::string_view detail) {
    const bool news = status_.state() != state || status_.value("detail") != detail;
    status_.set_state(state, detail);
    if (!news) return;
    metrics_.write();
    manager_.status(fmt::format("{}{}{}", store::to_string(state), detail.empty() ? "" : ": ", detail));
}

std::string Life::metrics() const {
    return metrics_text({.id = identity_.id, .active = active_, .store_up = health_.is_up(), .now = loop_.utc_now()},
                        [this](std::string_view field) { return status_.value(field); });
}

void Life::stop(std::string_view why) {
    if (std::exchange(stopping_, true)) return;
    log(messages::stopping, why);
    manager_.stopping();
    refresh_.cancel();
    stop_limit_.after(longest_stop, [this] { loop_.stop(); });
    if (std::exchange(active_, false)) {
        shut_down([this] { finish(); });
    } else {
        finish();
    }
}

void Life::finish() {
    if (!lease_.held()) return loop_.stop();
    show_state(store::ConnectorState::stopped, "");
    status_.finish([this] {
        leading_ = false;  // given back, not lost
        lease_.release([this] { loop_.stop(); });
    });
}

}  // namespace busbar::connector
