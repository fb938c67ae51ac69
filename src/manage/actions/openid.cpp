#include "manage/actions/openid.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <utility>

#include "manage/actions/audit.hpp"
#include "manage/actions/openid_users.hpp"
#include "manage/actions/secrets.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view setting = "openid";

tl::unexpected<Problem> no_openid() {
    return refuse(Problem::Kind::not_found, "no_openid", "nobody logs in by OpenID Connect here");
}
tl::unexpected<Problem> too_many() {
    return refuse(Problem::Kind::too_many, "too_many_logins", "too many logins at the same time; try again");
}

Problem problem_of(const ProviderTrouble& trouble) {
    if (trouble.is_away)
        return {
            Problem::Kind::unavailable, "provider_away", "the OpenID provider is of no use now: " + trouble.what, {}};
    return {Problem::Kind::not_logged_in, "openid_refused", "no login: " + trouble.what, {}};
}

void note_refusal(Installation& installation, const std::string& address, const Problem& problem) {
    add_audit(installation, {"", Role::viewer, address}, "login refused: " + problem.code, "user", std::nullopt,
              json::serialize(json::object{{"openid", problem.detail.substr(0, 500)}}));
}

void apply(Installation& installation, const Actor& actor, std::string_view action, const OpenIdSettings* wanted) {
    Change transaction(installation.database);
    const auto before = openid_settings(installation);
    if (wanted == nullptr)
        remove_setting(installation.database, setting);
    else
        save_setting(installation.database, setting, json::serialize(to_json(*wanted, true)));
    if (before && (wanted == nullptr || before->issuer != wanted->issuer || before->client != wanted->client))
        remove_openid_sessions(installation.database);
    const auto shown = [](const OpenIdSettings& settings) { return json::serialize(to_json(settings, false)); };
    add_audit(installation, actor, action, "openid", before ? std::optional(shown(*before)) : std::nullopt,
              wanted != nullptr ? std::optional(shown(*wanted)) : std::nullopt);
    transaction.commit();
}

/// Of the settings in force: a backup may have brought others.
const std::optional<OpenIdSettings>& in_force(Installation& installation) {
    installation.openid.use(find_setting(installation.database, setting));
    return installation.openid.settings();
}

}  // namespace

std::optional<OpenIdSettings> openid_settings(Installation& installation) {
    const auto text = find_setting(installation.database, setting);
    if (!text) return std::nullopt;
    return openid_settings_of(json::parse(*text).as_object());
}

Outcome<OpenIdSettings> put_openid(Installation& installation, const Actor& actor, OpenIdSettings wanted,
                                   bool has_secret) {
    std::vector<Problem::Fault> faults;
    for (auto& [where, what] : faults_of(wanted)) faults.push_back({where, what});
    if (!faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_openid", "these settings make no sense", std::move(faults));
    // With another issuer the present secret would be sent to somebody else.
    const auto present = openid_settings(installation);
    if (!has_secret && present && present->issuer == wanted.issuer && present->client == wanted.client)
        wanted.secret = present->secret;
    apply(installation, actor, "OpenID Connect set up", &wanted);
    return wanted;
}

Outcome<void> remove_openid(Installation& installation, const Actor& actor) {
    if (!openid_settings(installation)) return no_openid();
    apply(installation, actor, "OpenID Connect removed", nullptr);
    return {};
}

void begin_openid_login(Installation& installation, const std::string& address, const std::string& own_address,
                        std::function<void(Outcome<OpenIdDeparture>)> done) {
    const auto& settings = in_force(installation);
    if (!settings) return done(no_openid());
    if (!installation.login_limits.admits(address, installation.loop.now())) return done(too_many());
    const std::string& own = settings->address.empty() ? own_address : settings->address;
    OpenIdAttempt attempt{make_secret(), make_secret(), make_secret(), own + std::string(openid_callback),
                          installation.loop.utc_now()};
    const bool runs = installation.openid.run([&installation, attempt, done](Provider& provider) {
        return [&installation, attempt, done, page = provider.login_page(attempt, attempt.begun)]() -> void {
            if (!page) return done(tl::make_unexpected(problem_of(page.error())));
            const std::string browser = make_secret();
            installation.openid.remember(attempt, hash_of_secret(browser));
            done(OpenIdDeparture{*page, browser});
        };
    });
    if (!runs) done(too_many());
}

void finish_openid_login(Installation& installation, const OpenIdReturn& back, TakeLogin done) {
    const auto& settings = in_force(installation);
    if (!settings) return done(no_openid());
    if (!installation.login_limits.admits(back.address, installation.loop.now())) return done(too_many());
    const auto refused = [&installation, address = back.address, done](const Problem& problem) {
        note_refusal(installation, address, problem);
        done(tl::make_unexpected(problem));
    };
    const UtcTime now = installation.loop.utc_now();
    const auto attempt = installation.openid.take(back.state, hash_of_secret(back.browser_secret), now);
    if (!attempt)
        return refused({Problem::Kind::not_logged_in,
                        "openid_state",
                        "this login did not begin in this browser, is over, or took too long; begin again",
                        {}});
    if (!back.error.empty() || back.code.empty())
        return refused({Problem::Kind::not_logged_in,
                        "openid_refused",
                        "no login: the provider says " + (back.error.empty() ? "nothing" : back.error),
                        {}});
    if (!back.issuer.empty() && back.issuer != settings->issuer)
        return refused({Problem::Kind::not_logged_in, "openid_refused", "no login: another provider has answered", {}});
    const bool runs = installation.openid.run([&installation, code = back.code, attempt = *attempt,
                                               address = back.address, now, done, refused](Provider& provider) {
        return [&installation, address, done, refused, claims = provider.claims_of(code, attempt, now)]() -> void {
            if (!claims) return refused(problem_of(claims.error()));
            const auto& present = in_force(installation);
            if (!present) return refused(no_openid().value());
            auto login = log_in_by_claims(installation, *present, *claims, address);
            if (!login) return refused(login.error());
            done(std::move(login));
        };
    });
    if (!runs) done(too_many());
}

}  // namespace busbar::manage
