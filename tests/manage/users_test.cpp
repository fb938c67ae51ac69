#include "manage/actions/users.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/database/journal.hpp"
#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;
using testing::Not;

class Users : public testing::Test {
protected:
    HttpResponse ask(const LoggedIn& who, std::string method, std::string target, std::string body = {}) {
        return bench.ask(InstallationBench::request(std::move(method), std::move(target), &who, std::move(body)));
    }
    HttpResponse with_token(const std::string& token, std::string method, std::string target, std::string body = {}) {
        auto request = InstallationBench::request(std::move(method), std::move(target), nullptr, std::move(body));
        request.headers.emplace_back("authorization", "Bearer " + token);
        return bench.ask(std::move(request));
    }
    static std::string member(const HttpResponse& response, std::string_view name) {
        return std::string(boost::json::parse(response.body).at(name).as_string());
    }
    std::string token_of(const LoggedIn& who, const std::string& role) {
        return member(
            ask(who, "POST", "/api/v1/tokens",
                R"({"name":"program","role":")" + role + R"(","expires":")" + in(std::chrono::hours{24}) + "\"}"),
            "token");
    }
    std::string in(Duration time) {
        std::array<char, iso8601_size> text{};
        const auto at = bench.loop.utc_now() + std::chrono::duration_cast<std::chrono::milliseconds>(time);
        return {text.data(), write_iso8601(text.data(), at)};
    }

    InstallationBench bench;
    LoggedIn admin = bench.log_in_as("anna", Role::admin);
    const std::string berta = R"({"name":"berta","role":"operator","password":"correct horse battery"})";
};

TEST_F(Users, AreMadeChangedAndRemoved) {
    EXPECT_EQ(ask(admin, "POST", "/api/v1/users", berta).status, 201u);
    EXPECT_EQ(code_of(ask(admin, "POST", "/api/v1/users", berta)), "user_exists");
    EXPECT_EQ(ask(admin, "POST", "/api/v1/session", R"({"user":"Berta","password":"correct horse battery"})").status,
              201u);
    EXPECT_EQ(ask(admin, "DELETE", "/api/v1/users/berta").status, 204u);
    EXPECT_EQ(code_of(ask(admin, "DELETE", "/api/v1/users/berta")), "no_such_user");
    EXPECT_EQ(code_of(ask(admin, "POST", "/api/v1/users", R"({"name":"b","role":"operator","password":"short"})")),
              "invalid_body");
}

TEST_F(Users, ANewPasswordEndsTheOldSessions) {
    const auto operator_login = bench.log_in_as("otto", Role::operator_);
    EXPECT_EQ(ask(operator_login, "GET", "/api/v1/session").status, 200u);
    EXPECT_EQ(ask(admin, "PATCH", "/api/v1/users/otto", R"({"password":"another horse battery"})").status, 200u);
    EXPECT_EQ(code_of(ask(operator_login, "GET", "/api/v1/session")), "not_logged_in");
}

TEST_F(Users, ThereIsAlwaysAnAdmin) {
    ASSERT_EQ(ask(admin, "PATCH", "/api/v1/users/anna", R"({"password":"correct horse battery"})").status, 200u);
    admin = bench.log_in_as("zoe", Role::admin);  // without a password: does not count
    EXPECT_EQ(code_of(ask(admin, "DELETE", "/api/v1/users/anna")), "last_admin");
    EXPECT_EQ(code_of(ask(admin, "PATCH", "/api/v1/users/anna", R"({"role":"viewer"})")), "last_admin");
    EXPECT_EQ(code_of(ask(admin, "PATCH", "/api/v1/users/anna", R"({"enabled":false})")), "last_admin");
}

TEST_F(Users, ATokenHasItsOwnRoleAndNoMoreThanItsUser) {
    const std::string token = token_of(admin, "viewer");
    EXPECT_EQ(with_token(token, "GET", "/api/v1/connectors").status, 200u);
    EXPECT_EQ(code_of(with_token(token, "GET", "/api/v1/users")), "forbidden");
    EXPECT_EQ(with_token(token_of(admin, "admin"), "POST", "/api/v1/users", berta).status, 201u)
        << "needs no CSRF token";
    const auto viewer = bench.log_in_as("vera", Role::viewer);
    EXPECT_EQ(code_of(ask(viewer, "POST", "/api/v1/tokens",
                          R"({"name":"x","role":"operator","expires":")" + in(std::chrono::hours{1}) + "\"}")),
              "forbidden");
    const auto engineer = bench.log_in_as("emil", Role::engineer);
    const std::string lesser = token_of(engineer, "engineer");
    ASSERT_EQ(ask(admin, "PATCH", "/api/v1/users/emil", R"({"role":"viewer"})").status, 200u);
    EXPECT_EQ(code_of(with_token(lesser, "POST", "/api/v1/connectors", R"({"id":"a","kind":"iec104-client"})")),
              "forbidden")
        << "its user is a viewer now";
}

TEST_F(Users, ATokenMakesNoTokens) {
    const std::string wish = R"({"name":"x","role":"viewer","expires":")" + in(std::chrono::hours{24 * 300}) + "\"}";
    for (const char* role : {"viewer", "admin"})
        EXPECT_EQ(code_of(with_token(token_of(admin, role), "POST", "/api/v1/tokens", wish)), "forbidden") << role;
    EXPECT_EQ(ask(admin, "POST", "/api/v1/tokens", wish).status, 201u);
}

/// Berta, as somebody who has her session and not her password.
class StolenSession : public Users {
protected:
    StolenSession() {
        EXPECT_EQ(ask(admin, "POST", "/api/v1/users", berta).status, 201u);
        const auto login =
            ask(admin, "POST", "/api/v1/session", R"({"user":"berta","password":"correct horse battery"})");
        const std::string cookie = login.headers.front().second;
        const auto begin = cookie.find('=') + 1;
        stolen = {{}, cookie.substr(begin, cookie.find(';') - begin), member(login, "csrf")};
    }
    HttpResponse change(const std::string& present) {
        return ask(stolen, "PUT", "/api/v1/session/password",
                   R"({"present":")" + present + R"(","password":"another horse battery"})");
    }

    LoggedIn stolen;
};

TEST_F(StolenSession, TellsNoPassword) {
    for (int failure = 0; failure < free_failures; ++failure) EXPECT_EQ(code_of(change("guess")), "wrong_password");
    EXPECT_EQ(code_of(change("correct horse battery")), "locked");
    EXPECT_THAT(ask(admin, "GET", "/api/v1/audit").body, HasSubstr("change of the password refused"));
    bench.loop.advance_clock(first_lock);
    EXPECT_EQ(change("correct horse battery").status, 200u);
    EXPECT_EQ(code_of(ask(stolen, "GET", "/api/v1/session")), "not_logged_in") << "it has ended";
}

TEST_F(StolenSession, HasAPasswordLookedAtOnlySoOften) {
    for (int i = 0; i < LoginLimits::burst; ++i) bench.installation.login_limits.admits("127.0.0.1", bench.loop.now());
    EXPECT_EQ(code_of(change("guess")), "too_many_logins");
    bench.loop.advance_clock(LoginLimits::every);
    EXPECT_EQ(code_of(change("guess")), "wrong_password");
}

TEST_F(Users, ATokenEnds) {
    const std::string token = token_of(admin, "viewer");
    EXPECT_EQ(code_of(with_token(token + "x", "GET", "/api/v1/connectors")), "not_logged_in");
    for (const Duration life : {Duration{std::chrono::hours{24 * 367}}, Duration{}, Duration{-std::chrono::hours{1}}})
        EXPECT_EQ(code_of(ask(admin, "POST", "/api/v1/tokens",
                              R"({"name":"x","role":"viewer","expires":")" + in(life) + "\"}")),
                  "invalid_expiry");
    bench.loop.advance_clock(std::chrono::hours{24});
    EXPECT_EQ(code_of(with_token(token, "GET", "/api/v1/connectors")), "not_logged_in");
}

TEST_F(Users, ThereAreOnlySoManyTokens) {
    const auto user = find_user(bench.database, "anna")->id;
    Change transaction(bench.database);
    for (std::size_t i = 0; i < max_tokens; ++i) {
        TokenRow row;
        row.name = "program";
        row.role = "viewer";
        row.created = row.expires = bench.loop.utc_now();
        add_token(bench.database, hash_of_secret(std::to_string(i)), row, user);
    }
    transaction.commit();
    EXPECT_EQ(code_of(ask(admin, "POST", "/api/v1/tokens",
                          R"({"name":"x","role":"viewer","expires":")" + in(std::chrono::hours{1}) + "\"}")),
              "too_many_tokens");
}

TEST_F(Users, ATokenIsWorthNothingWhileItsUserIsDisabled) {
    const auto emil = bench.log_in_as("emil", Role::engineer);
    const std::string token = token_of(emil, "viewer");
    ASSERT_EQ(ask(admin, "PATCH", "/api/v1/users/emil", R"({"enabled":false})").status, 200u);
    EXPECT_EQ(code_of(with_token(token, "GET", "/api/v1/connectors")), "not_logged_in");
    EXPECT_EQ(code_of(ask(emil, "GET", "/api/v1/session")), "not_logged_in");
    ASSERT_EQ(ask(admin, "PATCH", "/api/v1/users/emil", R"({"enabled":true})").status, 200u);
    EXPECT_EQ(with_token(token, "GET", "/api/v1/connectors").status, 200u);
    EXPECT_EQ(code_of(ask(emil, "GET", "/api/v1/session")), "not_logged_in") << "a session does not come back";
    ASSERT_EQ(ask(admin, "DELETE", "/api/v1/users/emil").status, 204u);
    EXPECT_EQ(code_of(with_token(token, "GET", "/api/v1/connectors")), "not_logged_in");
}

TEST_F(Users, GetTheCsrfTokenAgainButNotForAToken) {
    EXPECT_THAT(ask(admin, "GET", "/api/v1/session").body, HasSubstr(admin.csrf));
    EXPECT_THAT(with_token(token_of(admin, "viewer"), "GET", "/api/v1/session").body, Not(HasSubstr("csrf")));
}

TEST_F(Users, HaveRolesInAreas) {
    const std::string north = R"({"name":"North","stations":[{"first":5,"last":7},{"first":9}],"connectors":["rtu1"]})";
    ASSERT_EQ(ask(admin, "POST", "/api/v1/areas", north).status, 201u);
    EXPECT_EQ(code_of(ask(admin, "POST", "/api/v1/areas", R"({"name":"north","stations":[]})")), "area_exists");
    ASSERT_EQ(
        ask(admin, "POST", "/api/v1/users",
            R"({"name":"vera","role":"viewer","password":"correct horse battery","areas":[{"area":"north","role":"operator"}]})")
            .status,
        201u);
    EXPECT_THAT(ask(admin, "GET", "/api/v1/users").body, HasSubstr(R"("areas":[{"area":"North","role":"operator"}])"));
    EXPECT_EQ(code_of(ask(admin, "PATCH", "/api/v1/users/vera", R"({"areas":[{"area":"south","role":"operator"}]})")),
              "no_such_area");
    EXPECT_EQ(code_of(ask(admin, "PATCH", "/api/v1/users/vera",
                          R"({"areas":[{"area":"North","role":"operator"},{"area":"NORTH","role":"engineer"}]})")),
              "area_twice");
    EXPECT_THAT(ask(admin, "PATCH", "/api/v1/users/vera", R"({"enabled":true})").body, HasSubstr("North"))
        << "left out: they stay";
    EXPECT_EQ(ask(admin, "DELETE", "/api/v1/areas/north").status, 204u);
    EXPECT_THAT(ask(admin, "GET", "/api/v1/users").body, Not(HasSubstr("North")));
    EXPECT_EQ(code_of(ask(admin, "PUT", "/api/v1/areas/north", R"({"stations":[]})")), "no_such_area");
    EXPECT_THAT(ask(admin, "GET", "/api/v1/audit").body,
                testing::AllOf(HasSubstr("area created"), HasSubstr("area removed")));
}

TEST_F(Users, SeeTheirAreasAndLoseThemAtOnce) {
    const auto vera = bench.log_in_as("vera", Role::viewer);
    const std::string point = "/api/v1/points/7/1", areas = R"({"areas":[{"area":"North","role":"engineer"}]})";
    ASSERT_EQ(ask(admin, "POST", "/api/v1/areas", R"({"name":"North","stations":[{"first":7}]})").status, 201u);
    EXPECT_EQ(code_of(ask(vera, "PUT", point, R"({"name":"x"})")), "forbidden");
    ASSERT_EQ(ask(admin, "PATCH", "/api/v1/users/vera", areas).status, 200u);
    EXPECT_THAT(
        ask(vera, "GET", "/api/v1/session").body,
        HasSubstr(R"("areas":[{"area":"North","role":"engineer","stations":[{"first":7,"last":7}],"connectors":[]}])"));
    EXPECT_EQ(ask(vera, "PUT", point, R"({"name":"x"})").status, 200u);
    EXPECT_EQ(code_of(ask(vera, "PUT", "/api/v1/points/8/1", R"({"name":"x"})")), "forbidden");
    EXPECT_EQ(code_of(ask(vera, "PUT", "/api/v1/points/7x/1", R"({"name":"x"})")), "forbidden");
    ASSERT_EQ(ask(admin, "PUT", "/api/v1/areas/North", R"({"stations":[{"first":8,"last":9}]})").status, 200u);
    EXPECT_EQ(code_of(ask(vera, "PUT", point, R"({"name":"y"})")), "forbidden");
    EXPECT_EQ(ask(vera, "PUT", "/api/v1/points/8/1", R"({"name":"x"})").status, 200u);
    ASSERT_EQ(ask(admin, "PATCH", "/api/v1/users/vera", R"({"areas":[]})").status, 200u);
    EXPECT_EQ(code_of(ask(vera, "PUT", "/api/v1/points/8/1", R"({"name":"y"})")), "forbidden");
}

TEST_F(Users, ATokenHasNoMoreInAnAreaThanItsRole) {
    const auto vera = bench.log_in_as("vera", Role::viewer);
    ASSERT_EQ(ask(admin, "POST", "/api/v1/areas", R"({"name":"North","stations":[{"first":7}]})").status, 201u);
    ASSERT_EQ(ask(admin, "PATCH", "/api/v1/users/vera", R"({"areas":[{"area":"North","role":"engineer"}]})").status,
              200u);
    const std::string whole = token_of(vera, "engineer"), lesser = token_of(vera, "operator");
    EXPECT_EQ(code_of(ask(vera, "POST", "/api/v1/tokens",
                          R"({"name":"x","role":"admin","expires":")" + in(std::chrono::hours{1}) + "\"}")),
              "forbidden");
    EXPECT_EQ(with_token(whole, "PUT", "/api/v1/points/7/1", R"({"name":"x"})").status, 200u);
    EXPECT_EQ(code_of(with_token(whole, "PUT", "/api/v1/points/8/1", R"({"name":"x"})")), "forbidden");
    EXPECT_EQ(code_of(with_token(lesser, "PUT", "/api/v1/points/7/1", R"({"name":"y"})")), "forbidden");
    ASSERT_EQ(ask(admin, "DELETE", "/api/v1/areas/North").status, 204u);
    EXPECT_EQ(code_of(with_token(whole, "PUT", "/api/v1/points/7/1", R"({"name":"z"})")), "forbidden");
}

TEST_F(Users, AnAreaThatMakesNoSenseIsRefused) {
    for (const char* stations :
         {R"([{"first":9,"last":7}])", R"([{"first":1,"last":9},{"first":9}])", R"([{"first":1},{"first":1}])"})
        EXPECT_EQ(
            code_of(ask(admin, "POST", "/api/v1/areas", std::string(R"({"name":"n","stations":)") + stations + "}")),
            "invalid_area")
            << stations;
    EXPECT_EQ(code_of(ask(admin, "POST", "/api/v1/areas", R"({"name":"n","stations":[],"connectors":["a","a"]})")),
              "invalid_area");
    EXPECT_EQ(code_of(ask(admin, "POST", "/api/v1/areas", R"({"name":"n","stations":[{"first":0}]})")), "invalid_body");
}

TEST_F(Users, OnlyTheirOwnTokensAreSeenAndRemoved) {
    token_of(admin, "viewer");
    const auto viewer = bench.log_in_as("vera", Role::viewer);
    EXPECT_THAT(ask(viewer, "GET", "/api/v1/tokens").body, Not(HasSubstr("program")));
    EXPECT_EQ(code_of(ask(viewer, "DELETE", "/api/v1/tokens/1")), "no_such_token");
    EXPECT_EQ(code_of(ask(admin, "DELETE", "/api/v1/tokens/1abc")), "no_such_token");
    EXPECT_EQ(ask(admin, "DELETE", "/api/v1/tokens/1").status, 204u);
}

TEST_F(Users, ARevisionIsRestoredAsANewOne) {
    const std::string target = "/api/v1/connectors/rtu1";
    ASSERT_EQ(
        ask(admin, "POST", "/api/v1/connectors", R"({"id":"rtu1","kind":"iec104-client","config":{"debug":true}})")
            .status,
        201u);
    ASSERT_EQ(ask(admin, "PATCH", target, R"({"config":{"debug":false}})").status, 200u);
    ASSERT_EQ(ask(admin, "POST", "/api/v1/revisions/1/restore").status, 200u);
    EXPECT_THAT(ask(admin, "GET", target).body, HasSubstr(R"("config":{"debug":true})"));
    EXPECT_EQ(find_connector(bench.database, "rtu1")->config_revision, 3);
    EXPECT_THAT(ask(admin, "GET", "/api/v1/revisions?object=rtu1").body, HasSubstr("as after change 1"));
    EXPECT_EQ(code_of(ask(admin, "POST", "/api/v1/revisions/99/restore")), "no_such_revision");
}

TEST_F(Users, PasswordsOfMetersAreForEngineersOnlyAndNotInTheAudit) {
    const std::string meter =
        R"({"id":"m","kind":"iec102-client","config":{"channels":[{"name":"c","connection":{"type":"tcp","host":"10.0.0.1"},)"
        R"("devices":[{"name":"d","password":"4711"}]}]}})";
    ASSERT_EQ(ask(admin, "POST", "/api/v1/connectors", meter).status, 201u);
    const auto viewer = bench.log_in_as("vera", Role::viewer);
    for (const char* target : {"/api/v1/connectors", "/api/v1/connectors/m", "/api/v1/revisions/1"}) {
        EXPECT_THAT(ask(viewer, "GET", target).body, Not(HasSubstr("4711"))) << target;
    }
    EXPECT_THAT(ask(admin, "GET", "/api/v1/connectors/m").body, HasSubstr("4711"));
    EXPECT_THAT(ask(admin, "GET", "/api/v1/audit").body, Not(HasSubstr("4711")));
}

TEST_F(Users, TheAuditSaysWhoDidWhatAndWhetherItIsWhole) {
    ASSERT_EQ(ask(admin, "POST", "/api/v1/users", berta).status, 201u);
    EXPECT_THAT(
        ask(admin, "GET", "/api/v1/audit?limit=1").body,
        testing::AllOf(HasSubstr("user created"), HasSubstr("anna"), HasSubstr("next"), Not(HasSubstr("battery"))));
    EXPECT_THAT(ask(admin, "GET", "/api/v1/audit/check").body, HasSubstr(R"("whole":true)"));
    bench.database.handle().exec("UPDATE audit SET who = 'x'");
    EXPECT_THAT(ask(admin, "GET", "/api/v1/audit/check").body, HasSubstr(R"("first_forged":1)"));
}

}  // namespace
}  // namespace busbar::manage
