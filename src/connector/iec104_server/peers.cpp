#include "connector/iec104_server/peers.hpp"

#include <algorithm>
#include <utility>

#include "connector/common/counters.hpp"
#include "net/tls_words.hpp"

namespace busbar::connector {

using iec104::ControlledSession;

/// Puts a control room's session behind the net's interface.
class Peers::PeerSession : public net::Session {
public:
    PeerSession(Peers& peers, net::Connection& connection, GroupChoice choice,
                std::unique_ptr<ControlledSession> session)
        : peers_(peers),
          connection_(connection),
          choice_(std::move(choice)),
          session_(std::move(session)),
          since_(peers.loop_.now()),
          last_received_(since_) {}

    void receive(Octets octets, TimePoint now) override {
        if (!std::exchange(heard_, true) && begins_tls(octets)) return leave("it speaks TLS, and this port does not");
        last_received_ = now;
        peers_.owner_.on_octets(connection_.peer(), false, octets);
        session_->receive(octets, now);
        drain(now);
        peers_.owner_.on_progress();
    }
    void on_deadline(TimePoint now) override {
        session_->on_deadline(now);
        drain(now);
    }
    void take_output(OctetBuffer& into, TimePoint now) override {
        drain(now);
        session_->take_output(into, now);
        if (!into.empty()) peers_.owner_.on_octets(connection_.peer(), true, into);
    }
    std::optional<TimePoint> next_deadline() const override { return session_->next_deadline(); }
    std::optional<std::string> closed() const override { return closed_; }
    void disconnected(const std::string& reason, TimePoint) override { peers_.remove(*this, reason); }

    net::Connection& connection() { return connection_; }
    const net::PeerAddress& peer() const { return connection_.peer(); }
    const GroupChoice& choice() const { return choice_; }
    ControlledSession& session() { return *session_; }
    const ControlledSession& session() const { return *session_; }
    bool is_stopped() const { return session_->link().state() == iec104::TransferState::stopped; }
    /// Closes; from now on the connection counts for nothing.
    void leave(const std::string& reason) {
        leaving_ = true;
        connection_.close(reason);
    }
    bool is_leaving() const { return leaving_; }
    TimePoint since() const { return since_; }
    TimePoint last_received() const { return last_received_; }

private:
    /// A TLS client's first record on a line without TLS.
    bool begins_tls(Octets octets) const {
        constexpr Octet handshake = 0x16, version = 0x03;
        return connection_.tls_peer() == nullptr && octets.size() >= 2 && octets[0] == handshake &&
               octets[1] == version;
    }
    void drain(TimePoint now) {
        while (auto event = session_->take_event(now)) {
            if (const auto* closed = std::get_if<ControlledSession::Closed>(&*event)) closed_ = closed->reason;
            peers_.owner_.on_event(*session_, *event, connection_.peer());
        }
    }

    Peers& peers_;
    net::Connection& connection_;
    GroupChoice choice_;
    std::unique_ptr<ControlledSession> session_;
    TimePoint since_, last_received_;
    std::optional<std::string> closed_;
    bool heard_ = false;
    bool leaving_ = false;
};

Peers::Peers(net::EventLoop& loop, iec104::ControlledStation& station, Owner owner)
    : loop_(loop),
      station_(station),
      owner_(std::move(owner)),
      listener_(
          loop, [this](const auto& peer, auto& connection) { return accept(peer, connection); },
          [this](const auto& peer, net::Refusal why, std::uint64_t repeated) {
              const bool ours = why == net::Refusal::by_owner;
              owner_.on_refused(peer, ours ? "all connections are in use" : std::string(to_string(why)), repeated);
          }) {}

Peers::~Peers() = default;

void Peers::configure(const config::ServerConfig& config) {
    named_groups_.clear();
    for (const auto& group : config.redundancy_groups) {
        named_groups_.push_back(
            {group.name, net::AllowList::parse(group.clients).value_or(net::AllowList{}), group.subjects});
    }
    allowed_ = net::AllowList::parse(config.network.allowed_clients).value_or(net::AllowList{});
    max_connections_ = config.network.max_connections;
    max_per_address_ = config.network.max_per_address;
    t1_ = config.protocol.t1;
    t3_ = config.protocol.t3;
    net::AcceptLimits limits;
    // More than are served, so that a peer's new connection can replace its dead one.
    limits.connections = max_connections_ + 16;
    if (max_per_address_ != 0) limits.connections_per_address = max_per_address_ + 1;
    limits.accepts_per_second = config.network.connect_rate;
    limits.burst = config.network.connect_rate * 10;
    limits.allowed = allowed_;
    listener_.set_limits(std::move(limits));
    for (auto* session : sessions_) {
        if (!allowed_.permits(session->connection().peer().address)) session->connection().close("no longer allowed");
    }
}

Result<void> Peers::open(const std::string& host, std::uint16_t port) { return listener_.open(host, port); }

void Peers::close(const std::string& reason) {
    listener_.close();
    listener_.close_connections(reason);
}

std::unique_ptr<net::Session> Peers::accept(const net::PeerAddress& peer, net::Connection& connection) {
    const bool full = is_full_for(peer.address);
    const bool replaced = replaces_older(peer.address, connection.tls_peer(), full);
    if (full && !replaced) {
        ++refused_;
        return nullptr;
    }
    const GroupChoice choice = choose_group(peer.address, connection.tls_peer());
    const auto group = owner_.open_group(choice);
    auto session = std::make_unique<PeerSession>(*this, connection, choice, station_.connect(group, loop_.now()));
    sessions_.push_back(session.get());
    owner_.on_connected(connection, choice.name);
    return session;
}

bool Peers::is_full_for(const net::IpAddress& address) const {
    std::size_t served = 0, of_address = 0;
    for (const auto* session : sessions_) {
        if (session->is_leaving()) continue;
        ++served;
        if (session->peer().address == address) ++of_address;
    }
    return served >= max_connections_ || (max_per_address_ != 0 && of_address >= max_per_address_);
}

/// What is given must hold: the address, the subject of the certificate, or both.
bool Peers::NamedGroup::holds(const net::IpAddress& address, const net::TlsPeer* tls) const {
    if (!clients.permits(address)) return false;
    if (subjects.empty()) return true;
    return tls != nullptr && std::ranges::any_of(subjects, [&](const std::string& subject) {
               return net::has_attributes(tls->subject, subject);
           });
}

GroupChoice Peers::choose_group(const net::IpAddress& address, const net::TlsPeer* tls) {
    for (const auto& group : named_groups_) {
        if (group.holds(address, tls)) return {group.name, true};
    }
    const std::string name = address.to_string();
    const bool present = std::ranges::any_of(
        sessions_, [&](const auto* session) { return !session->is_leaving() && session->choice().name == name; });
    return {present ? std::string() : name, false};
}

/// A peer that comes again has often lost its old connection without this side having noticed: the old one goes if it
/// carries nothing (stopped, and in the way or old) or has not been heard of for t3.
bool Peers::replaces_older(const net::IpAddress& address, const net::TlsPeer* tls, bool full) {
    const TimePoint now = loop_.now();
    for (auto* session : sessions_) {
        if (session->is_leaving() || session->choice().named || session->connection().peer().address != address)
            continue;
        const auto* its_tls = session->connection().tls_peer();
        if (tls && its_tls && tls->subject != its_tls->subject) continue;
        const bool silent = now - session->last_received() > t3_;
        const bool idle = session->is_stopped() && (full || now - session->since() > t1_);
        if (!silent && !idle) continue;
        session->leave("replaced by a new connection of the same peer");
        return true;
    }
    return false;
}

void Peers::remove(PeerSession& session, const std::string& reason) {
    past_ = sum(past_, session.session().link().counters());
    sessions_.remove(&session);
    owner_.on_session_gone(session.session());
    if (session.choice().name.empty()) owner_.close_group(session.session().group());
    owner_.on_left(session.connection().peer(), reason);
    owner_.on_progress();
}

void Peers::wake_all() {
    for (auto* session : sessions_) session->connection().wake();
}

iec104::LinkCounters Peers::link_counters() const {
    auto total = past_;
    for (const auto* session : sessions_) total = sum(total, session->session().link().counters());
    return total;
}

void Peers::for_each(
    const std::function<void(const net::Connection&, const std::string&, const ControlledSession&)>& visit) const {
    for (auto* session : sessions_) visit(session->connection(), session->choice().name, session->session());
}

}  // namespace busbar::connector
