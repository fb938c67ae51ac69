#include "net/tls_sessions.hpp"

#include <algorithm>

namespace busbar::net {

void TlsSessions::keep(const std::string& name, SSL_SESSION* session, TimePoint since) {
    forget(name);
    if (sessions_.size() >= most) forget(std::string(in_order_.front()));
    sessions_.emplace(name, Known{session, since});
    in_order_.push_back(name);
}

TlsSessions::Known TlsSessions::find(const std::string& name, TimePoint now) const {
    const auto found = sessions_.find(name);
    if (found == sessions_.end() || now - found->second.since > life_) return {};
    return found->second;
}

void TlsSessions::forget(const std::string& name) {
    const auto found = sessions_.find(name);
    if (found == sessions_.end()) return;
    SSL_SESSION_free(found->second.session);
    sessions_.erase(found);
    std::erase(in_order_, name);
}

void TlsSessions::clear() {
    for (const auto& [name, known] : sessions_) SSL_SESSION_free(known.session);
    sessions_.clear();
    in_order_.clear();
}

}  // namespace busbar::net
