#include "connector/common/line_security.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "connector/common/messages.hpp"
#include "connector/common/tls_settings.hpp"

namespace busbar::connector {

namespace {

constexpr Duration tell_again = std::chrono::hours{1};

std::string date(UtcTime time) {
    char text[iso8601_size];
    return {text, write_iso8601(text, time)};
}

long long days_between(UtcTime from, UtcTime to) { return std::chrono::floor<std::chrono::days>(to - from).count(); }

/// Empty: it holds, and for long. A revocation list runs out in days by its nature: only a list that has is worth a
/// word.
std::string warning_of(const net::TlsDated& dated, UtcTime now) {
    const std::string what = fmt::format("the {} '{}' in {}", dated.what, dated.name, dated.file);
    if (now < dated.begins) return fmt::format("{} holds only from {} on", what, date(dated.begins));
    if (now > dated.ends) return fmt::format("{} ran out on {}", what, date(dated.ends));
    if (dated.what == "revocation list" || dated.ends - now > LineSecurity::warn_before) return {};
    return fmt::format("{} runs out on {}, in {} days", what, date(dated.ends), days_between(now, dated.ends));
}

}  // namespace

LineSecurity::LineSecurity(net::EventLoop& loop, net::TlsRole role, std::function<void()> validate)
    : loop_(loop), role_(role), validate_(std::move(validate)), look_timer_(loop), validate_timer_(loop) {}

void LineSecurity::configure(const std::optional<config::Tls>& tls) {
    if (tls == config_) return;
    config_ = tls;
    look_timer_.cancel();
    validate_timer_.cancel();
    end_ = tls ? std::make_shared<net::TlsEnd>(line_tls_settings(*tls, role_)) : nullptr;
    generation_ = 0;
    told_trouble_.clear();
    told_certificate_.clear();
    told_warnings_.clear();
    if (!end_) return;
    look();
    look_timer_.every(look_every, [this] { look(); });
    validate_timer_.every(validate_every, [this] { validate_(); });
}

Result<void> LineSecurity::ready() const {
    if (end_ && !end_->in_force()) return fail(end_->trouble());
    return {};
}

void LineSecurity::look() {
    if (!end_) return;
    end_->look();
    tell_files();
    if (const bool first = generation_ == 0; end_->generation() != generation_) {
        generation_ = end_->generation();
        if (!first) validate_();
    }
    remind();
}

void LineSecurity::tell_files() {
    if (end_->trouble() != told_trouble_) {
        told_trouble_ = end_->trouble();
        if (!told_trouble_.empty()) {
            log(messages::tls_files, told_trouble_,
                end_->in_force() ? "the earlier ones stay in force" : "no line can be made");
        }
    }
    if (end_->generation() == generation_) return;
    const auto dated = end_->dated();
    const auto own = std::ranges::find(dated, "certificate", &net::TlsDated::what);
    if (own == dated.end()) return;
    auto certificate = own->name + date(own->ends);
    if (std::exchange(told_certificate_, certificate) == certificate) return;
    log(messages::tls_certificate, own->name, own->file, date(own->ends));
}

/// When something changes, and once a day.
void LineSecurity::remind() {
    auto now_to_tell = warnings();
    // The number of days is no news.
    const auto without_days = [](const std::string& text) { return text.substr(0, text.rfind(", in ")); };
    const bool same = std::ranges::equal(now_to_tell, told_warnings_, {}, without_days, without_days);
    if (same && loop_.now() - reminded_ < remind_every) return;
    reminded_ = loop_.now();
    told_warnings_ = std::move(now_to_tell);
    for (const auto& warning : told_warnings_) log(messages::tls_expiry, warning);
}

std::vector<std::string> LineSecurity::warnings() const {
    std::vector<std::string> all;
    if (!end_) return all;
    for (const auto& dated : end_->dated()) {
        if (auto warning = warning_of(dated, loop_.utc_now()); !warning.empty()) all.push_back(std::move(warning));
    }
    return all;
}

void LineSecurity::connected(const net::PeerAddress& peer, const net::TlsPeer* tls) {
    if (tls == nullptr) return;
    failures_.erase(peer.address.to_string());
    log(messages::tls_peer, peer.to_string(), tls->subject, tls->protocol, tls->suite,
        tls->resumed ? ", session resumed" : "");
    if (protocols_.size() >= most_remembered && !protocols_.contains(tls->fingerprint)) protocols_.clear();
    auto& last = protocols_[tls->fingerprint];
    if (!last.empty() && last != tls->protocol) {
        log(messages::tls_version_changed, peer.to_string(), tls->subject, last, tls->protocol);
    }
    last = tls->protocol;
}

/// Each new reason of an address once, and once an hour.
void LineSecurity::handshake_failed(const net::PeerAddress& peer, std::string why) {
    if (why.starts_with("TLS: ")) why.erase(0, 5);  // as the sentences say anyway
    ++handshakes_failed_;
    last_failure_ = peer.to_string() + ": " + why;
    const std::string address = peer.address.to_string();
    if (failures_.size() >= most_remembered && !failures_.contains(address)) failures_.clear();
    auto& failures = failures_[address];
    ++failures.untold;
    if (failures.why == why && loop_.now() - failures.told < tell_again) return;
    failures.why = why;
    failures.told = loop_.now();
    log(messages::tls_refused, peer.to_string(), why, std::exchange(failures.untold, 0));
}

void LineSecurity::write_status(store::StatusWriter& status) const {
    boost::json::object object{{"on", end_ != nullptr}};
    if (end_) {
        const auto dated = end_->dated();
        const auto own = std::ranges::find(dated, "certificate", &net::TlsDated::what);
        if (own != dated.end()) {
            object["certificate"] = own->name;
            object["expires"] = date(own->ends);
        }
        object["trouble"] = end_->trouble();
        const auto all = warnings();
        object["warnings"] = boost::json::array(all.begin(), all.end());
        object["handshakes_failed"] = handshakes_failed_;
        object["last_failure"] = last_failure_;
    }
    status.set("tls", boost::json::serialize(object));
}

}  // namespace busbar::connector
