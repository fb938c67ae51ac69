#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "manage/actions/worker.hpp"
#include "manage/database/user_rows.hpp"
#include "manage/openid/provider.hpp"

namespace busbar::manage {

/// Who is on his way to the provider and back, and a thread of its own for the talks with the provider: one that is
/// slow keeps nobody from logging in with a password.
class OpenIdDesk {
public:
    static constexpr std::size_t most_attempts = 1000, most_waiting = 16;
    static constexpr std::chrono::minutes attempt_holds{10};

    /// `connect`: how a provider is reached; for tests.
    using Connect = std::function<Fetch(const OpenIdSettings& settings)>;
    explicit OpenIdDesk(net::EventLoop& loop, Connect connect = {});
    ~OpenIdDesk() { *ending_ = true; }
    OpenIdDesk(const OpenIdDesk&) = delete;
    OpenIdDesk& operator=(const OpenIdDesk&) = delete;

    /// The settings in force; forgets attempts and what is known of the provider where they are others than before.
    void use(const std::optional<std::string>& settings);
    const std::optional<OpenIdSettings>& settings() const { return settings_; }
    void connect_by(Connect connect) { connect_ = std::move(connect); }

    /// Has room for it always: the oldest is forgotten.
    void remember(const OpenIdAttempt& attempt, const SecretHash& browser);
    /// Once for each state, in the browser where it began, and not too late.
    std::optional<OpenIdAttempt> take(std::string_view state, const SecretHash& browser, UtcTime now);

    /// False: too many talk to the provider already. `talk` on the thread; what it returns is called by the loop.
    bool run(std::function<std::function<void()>(Provider& provider)> talk);

private:
    struct Pending {
        OpenIdAttempt attempt;
        SecretHash browser;
    };

    net::EventLoop& loop_;
    Connect connect_;
    std::optional<std::string> text_;
    std::optional<OpenIdSettings> settings_;
    std::shared_ptr<Provider> provider_;  // used by the thread only
    std::list<Pending> pending_;          // the oldest first
    std::shared_ptr<std::atomic<bool>> ending_ = std::make_shared<std::atomic<bool>>(false);
    std::unique_ptr<Worker> worker_;  // from the first talk on
};

}  // namespace busbar::manage
