#pragma once

#include <openssl/ssl.h>

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "base/time.hpp"

namespace busbar::net {

/// TLS sessions that may be resumed, for a limited time after the full handshake that made them and a limited number:
/// the oldest goes first. Knows no clock.
class TlsSessions {
public:
    static constexpr std::size_t most = 100;

    struct Known {
        SSL_SESSION* session = nullptr;  // null: none, or too old
        TimePoint since;                 // of its full handshake
    };

    explicit TlsSessions(Duration life) : life_(life) {}
    ~TlsSessions() { clear(); }
    TlsSessions(const TlsSessions&) = delete;
    TlsSessions& operator=(const TlsSessions&) = delete;

    /// Keeps `session`, whose reference becomes ours, instead of an earlier one of that name.
    void keep(const std::string& name, SSL_SESSION* session, TimePoint since);
    Known find(const std::string& name, TimePoint now) const;
    void forget(const std::string& name);
    void clear();
    std::size_t size() const { return sessions_.size(); }

private:
    Duration life_;
    std::map<std::string, Known> sessions_;
    std::deque<std::string> in_order_;
};

}  // namespace busbar::net
