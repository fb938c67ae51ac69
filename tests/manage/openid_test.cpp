#include "manage/actions/openid.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/actions/openid_users.hpp"
#include "manage/installation_bench.hpp"
#include "manage/openid/base64url.hpp"
#include "manage/openid/id_token.hpp"

namespace busbar::manage {
namespace {

namespace json = boost::json;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

constexpr auto issuer = "https://id.example";

UtcTime at(std::int64_t seconds) { return UtcTime{std::chrono::seconds{seconds}}; }

/// Claims that are good at 1000 s, with some replaced; null takes one out.
json::object claims(const json::object& changes = {}) {
    json::object all{{"iss", issuer}, {"aud", "busbar"}, {"sub", "4711"}, {"nonce", "n"},
                     {"iat", 1000},   {"exp", 1300},     {"name", "olga"}};
    for (const auto& [name, value] : changes) {
        if (value.is_null())
            all.erase(name);
        else
            all[name] = value;
    }
    return all;
}

TEST(IdTokenClaims, AreGoodOnlyForThisLoginAndThisClientNow) {
    const IdTokenRules rules{issuer, "busbar", "n", at(990)};
    const struct {
        json::object changes;
        const char* fault;  // empty: good
    } cases[] = {
        {{}, ""},
        {{{"iss", "https://evil.example"}}, "iss"},
        {{{"iss", nullptr}}, "iss"},
        {{{"iss", "https://id.example/"}}, "iss"},
        {{{"aud", "other"}}, "aud"},
        {{{"aud", nullptr}}, "aud"},
        {{{"aud", json::array{"other"}}}, "aud"},
        {{{"aud", json::array{"busbar"}}}, ""},
        {{{"aud", json::array{"busbar", "other"}}}, "azp"},
        {{{"aud", json::array{"busbar", "other"}}, {"azp", "busbar"}}, ""},
        {{{"aud", json::array{"busbar", "other"}}, {"azp", "other"}}, "azp"},
        {{{"azp", "other"}}, "azp"},
        {{{"azp", 7}}, "azp"},
        {{{"exp", 941}}, ""},
        {{{"exp", 940}}, "exp"},
        {{{"exp", "1300"}}, "exp"},
        {{{"exp", nullptr}}, "exp"},
        {{{"iat", 1059}}, ""},
        {{{"iat", 1060}}, "iat"},
        {{{"iat", 930}}, ""},
        {{{"iat", 929}}, "iat"},
        {{{"iat", nullptr}}, "iat"},
        {{{"nbf", 1059}}, ""},
        {{{"nbf", 1060}}, "nbf"},
        {{{"nbf", "x"}}, "nbf"},
        {{{"nonce", "m"}}, "nonce"},
        {{{"nonce", nullptr}}, "nonce"},
        {{{"sub", ""}}, "sub"},
        {{{"sub", 4711}}, "sub"},
        {{{"sub", std::string(256, 's')}}, "sub"},
    };
    for (const auto& each : cases) {
        const auto good = check_claims(claims(each.changes), rules, at(1000));
        EXPECT_EQ(good.has_value(), *each.fault == '\0') << json::serialize(each.changes);
        EXPECT_THAT(good ? "()" : good.error().what, HasSubstr(std::string("(") + each.fault + ")"));
    }
}

TEST(IdToken, WithoutASignatureOfAPublicKeyIsRefused) {
    const auto token = [](const std::string& header) {
        return to_base64url(header) + "." + to_base64url(json::serialize(claims())) + ".c2ln";
    };
    EXPECT_TRUE(IdToken::parse(token(R"({"alg":"RS256"})")));
    for (const char* header : {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS256"})", R"({"alg":7})", "{}",
                               "[]", "x", R"({"alg":"RS256","crit":["exp"]})"})
        EXPECT_FALSE(IdToken::parse(token(header))) << header;
    for (const char* text : {"", ".", "..", "a.b", "e30.e30.e30=", "e30.e30.e30.e30"})
        EXPECT_FALSE(IdToken::parse(text)) << text;
    EXPECT_FALSE(IdToken::parse(std::string(IdToken::longest + 1, 'a')));
}

TEST(KeySet, TakesOnlyWhatRs256AndEs256Need) {
    const auto size = [](const char* text) { return KeySet::parse(json::parse(text)).value().size(); };
    const std::string large = std::string(341, 'x') + 'g', small = std::string(170, 'x') + 'g';
    EXPECT_EQ(size((R"({"keys":[{"kty":"RSA","e":"AQAB","n":")" + large + "\"}]}").c_str()), 1u);
    EXPECT_EQ(size((R"({"keys":[{"kty":"RSA","e":"AQAB","n":")" + small + "\"}]}").c_str()), 0u) << "1024 bits";
    EXPECT_EQ(size((R"({"keys":[{"kty":"RSA","use":"enc","e":"AQAB","n":")" + large + "\"}]}").c_str()), 0u);
    EXPECT_EQ(size((R"({"keys":[{"kty":"RSA","alg":"HS256","e":"AQAB","n":")" + large + "\"}]}").c_str()), 0u);
    EXPECT_EQ(size(R"({"keys":[{"kty":"oct","k":"AAAA"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},7,{}]})"), 0u);
    const std::string zero(43, 'A');  // 0, 0 is not on the curve
    EXPECT_EQ(size((R"({"keys":[{"kty":"EC","crv":"P-256","x":")" + zero + R"(","y":")" + zero + "\"}]}").c_str()), 0u);
    EXPECT_FALSE(KeySet::parse(json::parse("{}")));
    EXPECT_FALSE(KeySet::parse(json::object{{"keys", json::array(101, json::object{})}}));
}

TEST(OpenIdSettings, KeepTheirUrlsSafe) {
    for (const char* good : {"https://id.example", "https://id.example:8443/realms/a", "http://127.0.0.1:9000",
                             "http://[::1]:1", "http://localhost"})
        EXPECT_TRUE(is_safe_url(good)) << good;
    for (const char* bad :
         {"", "id.example", "http://id.example", "http://127.0.0.1.evil.example", "ftp://127.0.0.1",
          "https://u@id.example", "https://id.example?x=1", "https://id.example#x", "file:///etc/passwd", "https://"})
        EXPECT_FALSE(is_safe_url(bad)) << bad;
}

TEST(OpenIdDesk, HasEachAttemptOnceInItsBrowserAndNotForLong) {
    net::EventLoop loop;
    OpenIdDesk desk(loop);
    const auto mine = hash_of_secret("mine");
    const auto remember = [&](const std::string& state) { desk.remember({state, "n", "v", "r", at(0)}, mine); };
    remember("a");
    EXPECT_FALSE(desk.take("a", hash_of_secret("yours"), at(1)));
    EXPECT_FALSE(desk.take("b", mine, at(1)));
    EXPECT_TRUE(desk.take("a", mine, at(1)));
    EXPECT_FALSE(desk.take("a", mine, at(1))) << "once";
    remember("late");
    EXPECT_FALSE(desk.take("late", mine, at(600)));
    for (std::size_t i = 0; i <= OpenIdDesk::most_attempts; ++i) remember(std::to_string(i));
    EXPECT_FALSE(desk.take("0", mine, at(1))) << "the oldest made room";
    EXPECT_TRUE(desk.take("1", mine, at(1)));
}

class OpenIdUsers : public testing::Test {
protected:
    /// The problem's code; "" if he is in.
    std::string come(const json::object& changes) {
        json::object person{{"sub", "4711"}, {"preferred_username", "olga"}, {"roles", json::array{"operators"}}};
        for (const auto& [name, value] : changes) person[name] = value;
        const auto login = log_in_by_claims(bench.installation, settings, person, "127.0.0.1");
        if (login) last = *login;
        return login ? "" : login.error().code;
    }
    std::string role() { return find_user(bench.database, "olga")->role; }

    InstallationBench bench;
    OpenIdSettings settings = [] {
        OpenIdSettings made;
        made.issuer = issuer;
        made.roles = {{"operators", "operator"}, {"engineers", "engineer"}};
        return made;
    }();
    LoggedIn last;
};

TEST_F(OpenIdUsers, GetTheHighestRoleOfTheirValuesAnewAtEachLogin) {
    EXPECT_EQ(come({}), "");
    EXPECT_EQ(role(), "operator");
    EXPECT_TRUE(find_login(bench.installation, last.secret));
    EXPECT_EQ(come({{"roles", json::array{"x", "engineers", "operators", 7}}}), "");
    EXPECT_EQ(role(), "engineer");
    EXPECT_EQ(come({{"roles", "operators"}}), "");
    EXPECT_EQ(role(), "operator");
    settings.role_claim = "realm.roles";
    EXPECT_EQ(come({{"realm", json::object{{"roles", json::array{"engineers"}}}}}), "");
    EXPECT_EQ(role(), "engineer");
}

TEST_F(OpenIdUsers, WithoutARoleDoNotGetInAndLoseTheirSessions) {
    EXPECT_EQ(come({{"roles", "nothing"}}), "no_role");
    EXPECT_FALSE(find_user(bench.database, "olga")) << "who is refused is not kept";
    ASSERT_EQ(come({}), "");
    EXPECT_EQ(come({{"roles", json::array{}}}), "no_role");
    EXPECT_FALSE(find_login(bench.installation, last.secret));
    settings.default_role = "viewer";
    EXPECT_EQ(come({{"roles", json::array{}}}), "");
    EXPECT_EQ(role(), "viewer");
}

TEST_F(OpenIdUsers, DoNotTakeOverAnybody) {
    UserRow local{0, "Anna", "admin", "a hash", true, 0, {}};
    save_user(bench.database, local, bench.loop.utc_now());
    EXPECT_EQ(come({{"preferred_username", "anna"}}), "local_user");
    ASSERT_EQ(come({}), "");
    EXPECT_EQ(come({{"sub", "4712"}}), "name_taken") << "another person with the same name";
    EXPECT_EQ(come({{"preferred_username", "anna"}}), "") << "still olga, whatever she is called there now";
    EXPECT_EQ(last.actor.name, "olga");
    auto olga = *find_user(bench.database, "olga");
    olga.enabled = false;
    save_user(bench.database, olga, bench.loop.utc_now());
    EXPECT_EQ(come({}), "user_disabled");
    for (const json::value& name :
         {json::value(""), json::value(7), json::value(std::string(65, 'x')), json::value("a\nb")})
        EXPECT_EQ(come({{"sub", "5"}, {"preferred_username", name}}), "no_name");
}

class OpenIdRoutes : public testing::Test {
protected:
    HttpResponse ask(const std::string& method, const std::string& target, const std::string& body = {}) {
        return bench.ask(InstallationBench::request(method, target, &admin, body));
    }
    std::string kept() { return find_setting(bench.database, "openid").value_or(""); }

    InstallationBench bench;
    LoggedIn admin = bench.log_in_as("anna", Role::admin);
};

TEST_F(OpenIdRoutes, NeverShowTheClientsSecret) {
    const std::string body = R"({"issuer":"https://id.example","client_id":"busbar","client_secret":"hush-hush")";
    EXPECT_THAT(ask("PUT", "/api/v1/openid", body + "}").body,
                testing::AllOf(HasSubstr(R"("has_client_secret":true)"), Not(HasSubstr("hush"))));
    EXPECT_THAT(ask("GET", "/api/v1/openid").body, Not(HasSubstr("hush")));
    EXPECT_THAT(ask("GET", "/api/v1/audit").body,
                testing::AllOf(HasSubstr("OpenID Connect set up"), Not(HasSubstr("hush"))));
    EXPECT_THAT(kept(), HasSubstr("hush"));
    ASSERT_EQ(
        ask("PUT", "/api/v1/openid", R"({"issuer":"https://id.example","client_id":"busbar","title":"Work"})").status,
        200u);
    EXPECT_THAT(kept(), HasSubstr("hush")) << "left out: it stays";
    EXPECT_THAT(ask("GET", "/api/v1/openid/offer").body, HasSubstr("Work"));
    ASSERT_EQ(ask("PUT", "/api/v1/openid", R"({"issuer":"https://evil.example","client_id":"busbar"})").status, 200u);
    EXPECT_THAT(kept(), Not(HasSubstr("hush"))) << "another issuer would get it";
    EXPECT_EQ(ask("DELETE", "/api/v1/openid").status, 204u);
    EXPECT_EQ(code_of(ask("GET", "/api/v1/openid")), "no_openid");
    EXPECT_EQ(code_of(ask("GET", "/api/v1/openid/login")), "no_openid");
}

TEST_F(OpenIdRoutes, RefuseWhatMakesNoSense) {
    EXPECT_THAT(ask("PUT", "/api/v1/openid", R"({"issuer":"http://id.example","client_id":"busbar"})").body,
                HasSubstr(R"("where":"issuer")"));
    EXPECT_THAT(
        ask("PUT", "/api/v1/openid", R"({"issuer":"https://id.example","client_id":"b","scopes":["profile"]})").body,
        HasSubstr(R"("where":"scopes")"));
    EXPECT_THAT(ask("PUT", "/api/v1/openid",
                    R"({"issuer":"https://id.example","client_id":"b","address":"https://b.example/x"})")
                    .body,
                HasSubstr(R"("where":"address")"));
    EXPECT_EQ(code_of(ask("PUT", "/api/v1/openid",
                          R"({"issuer":"https://id.example","client_id":"b","default_role":"admin"})")),
              "invalid_body");
}

TEST_F(OpenIdRoutes, AProviderThatIsAwayIsAClearProblem) {
    bench.installation.openid.connect_by([](const OpenIdSettings&) -> Fetch {
        return [](const WebRequest&) -> Result<WebAnswer> { return fail("nobody listens"); };
    });
    ASSERT_EQ(ask("PUT", "/api/v1/openid", R"({"issuer":"https://id.example","client_id":"busbar"})").status, 200u);
    const auto answer = ask("GET", "/api/v1/openid/login");
    EXPECT_EQ(answer.status, 503u);
    EXPECT_EQ(code_of(answer), "provider_away");
    EXPECT_THAT(answer.body, HasSubstr("nobody listens"));
}

TEST_F(OpenIdRoutes, AreTriedOnlySoOften) {
    ASSERT_EQ(ask("PUT", "/api/v1/openid", R"({"issuer":"https://id.example","client_id":"busbar"})").status, 200u);
    for (int i = 0; i < LoginLimits::burst; ++i)
        EXPECT_EQ(code_of(ask("GET", "/api/v1/openid/callback?state=x&code=y&session_state=z")), "openid_state");
    EXPECT_EQ(code_of(ask("GET", "/api/v1/openid/callback?state=x&code=y")), "too_many_logins");
    bench.loop.advance_clock(LoginLimits::every);
    EXPECT_EQ(code_of(ask("GET", "/api/v1/openid/callback?state=x&code=y")), "openid_state");
}

}  // namespace
}  // namespace busbar::manage
