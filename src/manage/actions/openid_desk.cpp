#include "manage/actions/openid_desk.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

namespace busbar::manage {

OpenIdDesk::OpenIdDesk(net::EventLoop& loop, Connect connect) : loop_(loop), connect_(std::move(connect)) {
    if (!connect_)
        connect_ = [ending = ending_](const OpenIdSettings& settings) { return web_client(settings.ca_file, ending); };
}

void OpenIdDesk::use(const std::optional<std::string>& settings) {
    if (settings == text_) return;
    text_ = settings;
    settings_.reset();
    provider_.reset();
    pending_.clear();
    if (!settings) return;
    settings_ = openid_settings_of(boost::json::parse(*settings).as_object());
    provider_ = std::make_shared<Provider>(*settings_, connect_(*settings_));
}

void OpenIdDesk::remember(const OpenIdAttempt& attempt, const SecretHash& browser) {
    if (pending_.size() == most_attempts) pending_.pop_front();
    pending_.push_back({attempt, browser});
}

std::optional<OpenIdAttempt> OpenIdDesk::take(std::string_view state, const SecretHash& browser, UtcTime now) {
    std::erase_if(pending_, [now](const Pending& each) { return each.attempt.begun + attempt_holds <= now; });
    const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& each) {
        return each.attempt.state == state && each.browser == browser;
    });
    if (found == pending_.end()) return std::nullopt;
    OpenIdAttempt attempt = std::move(found->attempt);
    pending_.erase(found);
    return attempt;
}

bool OpenIdDesk::run(std::function<std::function<void()>(Provider& provider)> talk) {
    if (!worker_) worker_ = std::make_unique<Worker>(loop_);
    if (worker_->waiting() >= most_waiting) return false;
    worker_->run([provider = provider_, talk = std::move(talk)] { return talk(*provider); });
    return true;
}

}  // namespace busbar::manage
