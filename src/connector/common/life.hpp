#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/store.hpp"
#include "connector/common/messages.hpp"
#include "connector/common/metrics_file.hpp"
#include "connector/common/service_manager.hpp"
#include "net/event_loop.hpp"
#include "net/timer.hpp"
#include "store/config_watch.hpp"
#include "store/error_stream.hpp"
#include "store/lease.hpp"
#include "store/publisher.hpp"
#include "store/requests.hpp"
#include "store/status_writer.hpp"
#include "store/store.hpp"
#include "store/store_health.hpp"
#include "store/subscriptions.hpp"
#include "store/trimmer.hpp"

namespace busbar::connector {

store::ClientOptions client_options(const config::StoreOptions& options);

/// What every connector does besides its work: holds the lease of its id, watches its configuration, tells its state,
/// answers requests, stops when it is told to. A connector derives from this and fills in the hooks.
///
/// Order of events: the lease is gained, the first configuration is applied, `activate`; then configurations, requests
/// and the store's coming and going in any order; `deactivate` when the lease is lost (all lines must go at once).
class Life {
public:
    struct Identity {
        std::string id, instance;
        std::string_view kind;  // "iec104-client"
        std::string metrics_file;
    };

    Life(Identity identity, const config::StoreOptions& store, std::string updates_stream);
    virtual ~Life() = default;
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    /// Until SIGTERM or SIGINT; returns the exit code.
    int run();

protected:
    struct Applied {
        std::uint64_t revision = 0;
        std::string note;  // what it meant: "the line is made anew"
        std::vector<std::string> warnings;
    };
    using Outcome = tl::expected<Applied, std::string>;

    // --- hooks
    /// Nothing: the key is absent, flags … default are in force. An error keeps what was in force before.
    virtual Outcome apply_config(std::optional<std::string_view> json) = 0;
    virtual Outcome apply_mapping(std::optional<std::string_view> json) = 0;
    virtual void activate() = 0;
    virtual void deactivate(const std::string& reason) = 0;
    virtual void store_up() = 0;
    virtual void store_down(const std::string& reason) = 0;
    /// Takes the answer's `data`: JSON; an error is answered as {"error":…}.
    using Reply = std::function<void(const Result<std::string>& data)>;
    /// `reply` is called in this call or later; twice where work takes its time: begun, and what came of it.
    virtual void request(std::string_view action, std::string_view data, Reply reply) = 0;
    /// Flags, environment and file were read again (SIGHUP).
    virtual Outcome reload() = 0;
    /// Once a second while active: counters and lines into `status()`.
    virtual void refresh_status() = 0;
    /// Ends the work in good order; `done` when it is over.
    virtual void shut_down(std::function<void()> done) = 0;

    // --- for the connector
    /// A trouble of its own, for state Error with its reason; empty: none.
    void set_trouble(std::string trouble);
    /// Not ready: state Starting, although a configuration is in force (the image is being read, say).
    void set_ready(bool ready);
    /// Empty: none.
    void use_metrics_file(std::string file) { metrics_.use(std::move(file)); }
    bool is_active() const { return active_; }
    const std::string& id() const { return identity_.id; }
    const std::string& instance() const { return identity_.instance; }
    net::EventLoop& loop() { return loop_; }
    store::Store& store() { return store_; }
    store::Subscriptions& subscriptions() { return subscriptions_; }
    store::StoreHealth& health() { return health_; }
    store::StatusWriter& status() { return status_; }
    store::ErrorStream& errors() { return errors_; }
    store::Publisher& publisher() { return publisher_; }
    const store::Lease& lease() const { return lease_; }
    /// Why nothing may be written or sent any more: the lease has ended, and this process was not told yet. Asked
    /// before each write to the store and to an RTU: a process that was stopped (SIGSTOP, a moved virtual machine) may
    /// find itself anywhere in its work when it goes on, with octets in hand.
    std::optional<std::string> barred() const;

private:
    void lease_gained(std::uint64_t epoch);
    void lease_lost(const std::string& reason);
    void take_config(std::optional<std::string_view> json);
    void take_mapping(std::optional<std::string_view> json);
    void take_outcome(std::string_view what, const Outcome& outcome, std::string& fault);
    void take_request(const store::Request& request);
    void count_store_time(bool up);
    void take_signal(int number);
    void begin_if_ready();
    void update_state();
    void show_state(store::ConnectorState state, std::string_view detail);
    std::string metrics() const;
    void stop(std::string_view why);
    void finish();

    Identity identity_;
    net::EventLoop loop_;
    ServiceManager manager_{loop_};
    store::Store store_;
    store::Subscriptions subscriptions_;
    store::StatusWriter status_;
    store::ErrorStream errors_;
    store::Publisher publisher_;
    store::StoreHealth health_;
    store::ConfigWatch config_watch_;
    store::Requests requests_;
    store::Lease lease_;
    store::Trimmer trimmer_;
    MetricsFile metrics_;
    net::Timer refresh_, stop_limit_;
    std::string trouble_, config_fault_, mapping_fault_, lease_fault_;
    std::optional<TimePoint> store_away_since_;
    Duration store_away_{};
    std::int64_t store_losses_ = 0;
    bool store_was_up_ = false;
    bool config_seen_ = false, config_good_ = false, mapping_seen_ = false;
    bool leading_ = false;  // the lease was gained, and its loss is not known yet
    bool active_ = false, ready_ = true, watching_ = false, stopping_ = false;
};

}  // namespace busbar::connector
