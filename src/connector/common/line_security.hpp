#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/common.hpp"
#include "net/event_loop.hpp"
#include "net/ip_address.hpp"
#include "net/stream.hpp"
#include "net/timer.hpp"
#include "net/tls_end.hpp"
#include "store/status_writer.hpp"

namespace busbar::connector {

/// TLS of a connector's lines: looks after the files, has running lines validated again when they change, and tells in
/// log and status what fails and what runs out.
class LineSecurity {
public:
    static constexpr Duration look_every = std::chrono::seconds{5};
    static constexpr Duration validate_every = std::chrono::hours{6};
    static constexpr Duration remind_every = std::chrono::hours{24};
    static constexpr std::chrono::days warn_before{30};
    static constexpr std::size_t most_remembered = 256;  // peers, for each purpose

    /// `validate`: running lines are to be looked at again, by `Connection::validate_again`.
    LineSecurity(net::EventLoop& loop, net::TlsRole role, std::function<void()> validate);

    /// Nothing: lines without TLS.
    void configure(const std::optional<config::Tls>& tls);
    /// For listeners and connectors; null without TLS.
    const std::shared_ptr<net::TlsEnd>& end() const { return end_; }
    /// Whether connections can be made; the error names the file.
    Result<void> ready() const;
    /// Takes up files that were exchanged; else it happens every few seconds.
    void look();

    void connected(const net::PeerAddress& peer, const net::TlsPeer* tls);
    void handshake_failed(const net::PeerAddress& peer, std::string why);

    /// Field `tls`: {"on":true,"certificate":…,"expires":…,"trouble":…,"warnings":[…],"handshakes_failed":n,
    /// "last_failure":…}.
    void write_status(store::StatusWriter& status) const;
    std::uint64_t handshakes_failed() const { return handshakes_failed_; }
    /// What runs out within 30 days, has run out, or does not hold yet, in words.
    std::vector<std::string> warnings() const;

private:
    struct Failures {
        std::string why;  // the last reason told
        std::uint64_t untold = 0;
        TimePoint told;
    };
    void tell_files();
    void remind();

    net::EventLoop& loop_;
    net::TlsRole role_;
    std::function<void()> validate_;
    std::optional<config::Tls> config_;
    std::shared_ptr<net::TlsEnd> end_;
    net::Timer look_timer_, validate_timer_;
    std::uint64_t generation_ = 0, handshakes_failed_ = 0;
    std::string told_trouble_, told_certificate_, last_failure_;
    std::vector<std::string> told_warnings_;
    TimePoint reminded_;
    std::map<std::string, Failures> failures_;      // by address
    std::map<std::string, std::string> protocols_;  // by fingerprint: the TLS version last used
};

}  // namespace busbar::connector
