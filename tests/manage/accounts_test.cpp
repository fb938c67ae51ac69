#include "manage/actions/accounts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "manage/heard_line.hpp"
#include "manage/live/live_session.hpp"

namespace busbar::manage {
namespace {

using std::chrono::minutes;

constexpr auto password = "correct horse battery";

class Accounts : public testing::Test {
protected:
    std::string set_up(const std::string& secret, const std::string& user = "anna") {
        return wait([&](TakeLogin done) {
            manage::set_up(bench.installation, secret, user, password, "127.0.0.1", std::move(done));
        });
    }
    std::string log_in(const std::string& user, const std::string& with) {
        return wait(
            [&](TakeLogin done) { manage::log_in(bench.installation, user, with, "127.0.0.1", std::move(done)); });
    }
    /// The problem's code; "" if it was done.
    std::string wait(const std::function<void(TakeLogin)>& action) {
        std::optional<std::string> code;
        action([&](const Outcome<LoggedIn>& outcome) {
            code = outcome ? "" : outcome.error().code;
            if (outcome) last = *outcome;
        });
        bench.loop.run_until([&code] { return code.has_value(); }, std::chrono::seconds{20});
        return code.value_or("no answer");
    }

    InstallationBench bench;
    LoggedIn last;
};

TEST_F(Accounts, TheFirstUserComesByTheLinkAndOnlyOnce) {
    const auto old = offer_set_up(bench.installation), secret = offer_set_up(bench.installation);
    ASSERT_TRUE(secret);
    EXPECT_EQ(set_up("guess"), "no_set_up");
    EXPECT_EQ(set_up(*old), "no_set_up") << "a newer link makes the older one void";
    EXPECT_EQ(set_up(*secret), "");
    EXPECT_EQ(last.actor.role, Role::admin);
    EXPECT_EQ(set_up(*secret, "berta"), "no_set_up");
    EXPECT_FALSE(offer_set_up(bench.installation));
}

TEST_F(Accounts, ALoginHoldsForTwelveHours) {
    ASSERT_EQ(set_up(*offer_set_up(bench.installation)), "");
    ASSERT_EQ(log_in("anna", password), "");
    EXPECT_TRUE(find_login(bench.installation, last.secret));
    EXPECT_FALSE(find_login(bench.installation, last.secret + "x"));
    bench.loop.advance_clock(session_life - minutes{1});
    EXPECT_TRUE(find_login(bench.installation, last.secret));
    bench.loop.advance_clock(minutes{1});
    EXPECT_FALSE(find_login(bench.installation, last.secret));
}

TEST_F(Accounts, WrongPasswordsLockForLongerAndLonger) {
    ASSERT_EQ(set_up(*offer_set_up(bench.installation)), "");
    for (int failure = 0; failure < free_failures; ++failure) EXPECT_EQ(log_in("anna", "wrong"), "wrong_password");
    EXPECT_EQ(log_in("anna", password), "locked") << "even with the right one";
    bench.loop.advance_clock(minutes{1});
    EXPECT_EQ(log_in("anna", "wrong"), "wrong_password");
    bench.loop.advance_clock(minutes{1});
    EXPECT_EQ(log_in("anna", password), "locked") << "for two minutes now";
    bench.loop.advance_clock(minutes{1});
    EXPECT_EQ(log_in("anna", password), "");
    EXPECT_EQ(log_in("anna", "wrong"), "wrong_password") << "the count began anew";
    EXPECT_EQ(log_in("anna", password), "");
}

TEST_F(Accounts, ALockEndsAfterAnHour) {
    ASSERT_EQ(set_up(*offer_set_up(bench.installation)), "");
    auto anna = find_user(bench.database, "anna");
    anna->failures = 30;
    save_user(bench.database, *anna, bench.loop.utc_now());
    EXPECT_EQ(log_in("anna", "wrong"), "wrong_password");
    bench.loop.advance_clock(longest_lock - std::chrono::seconds{10});
    EXPECT_EQ(log_in("anna", password), "locked");
    bench.loop.advance_clock(std::chrono::seconds{10});
    EXPECT_EQ(log_in("anna", password), "");
}

TEST_F(Accounts, TwoWhoHaveTheLinkMakeOneUser) {
    const auto secret = offer_set_up(bench.installation);
    std::vector<std::string> codes;
    for (const char* user : {"anna", "berta"})
        manage::set_up(bench.installation, *secret, user, password, "127.0.0.1",
                       [&codes](const Outcome<LoggedIn>& login) { codes.push_back(login ? "" : login.error().code); });
    bench.loop.run_until([&codes] { return codes.size() == 2; }, std::chrono::seconds{20});
    EXPECT_EQ(codes, (std::vector<std::string>{"", "no_set_up"}));
    EXPECT_EQ(all_users(bench.database).size(), 1u);
}

TEST_F(Accounts, OnlySoManyPasswordsWait) {
    std::promise<void> go;
    bench.worker.run([gone = std::make_shared<std::future<void>>(go.get_future())] {
        gone->wait();
        return [] {};
    });
    for (int i = 0; i < 40; ++i) bench.worker.run([] { return [] {}; });
    std::string code;
    manage::log_in(bench.installation, "anna", password, "10.0.0.1",
                   [&code](const Outcome<LoggedIn>& login) { code = login ? "" : login.error().code; });
    EXPECT_EQ(code, "too_many_logins") << "at once";
    go.set_value();
    bench.loop.run_until([this] { return bench.worker.waiting() == 0; }, std::chrono::seconds{20});
    EXPECT_EQ(log_in("anna", password), "wrong_password");
}

TEST_F(Accounts, ManyWhoGuessAtTheSameTimeHaveNoMoreGuessesThanOne) {
    ASSERT_EQ(set_up(*offer_set_up(bench.installation)), "");
    std::vector<std::string> codes;
    for (int i = 0; i < 20; ++i)
        manage::log_in(bench.installation, "anna", i == 19 ? password : "wrong", "10.0.0." + std::to_string(i),
                       [&codes](const Outcome<LoggedIn>& login) { codes.push_back(login ? "" : login.error().code); });
    bench.loop.run_until([&codes] { return codes.size() == 20; }, std::chrono::seconds{60});
    EXPECT_EQ(std::count(codes.begin(), codes.end(), "wrong_password"), free_failures);
    EXPECT_EQ(std::count(codes.begin(), codes.end(), "locked"), 20 - free_failures) << "the right one, too";
}

TEST_F(Accounts, OneAddressGuessesOnlySoOften) {
    std::vector<std::string> codes;
    for (int i = 0; i <= LoginLimits::burst; ++i)
        manage::log_in(bench.installation, "nobody" + std::to_string(i), "wrong", "10.0.0.1",
                       [&codes](const Outcome<LoggedIn>& login) { codes.push_back(login ? "" : login.error().code); });
    ASSERT_EQ(codes, std::vector<std::string>{"too_many_logins"}) << "the last, at once; others are being looked at";
    bench.loop.run_until([&codes] { return codes.size() > LoginLimits::burst; }, std::chrono::seconds{60});
    EXPECT_EQ(std::count(codes.begin(), codes.end(), "wrong_password"), LoginLimits::burst);
}

TEST_F(Accounts, NobodyLearnsWhichUsersThereAre) {
    ASSERT_EQ(set_up(*offer_set_up(bench.installation)), "");
    EXPECT_EQ(log_in("nobody", password), "wrong_password");
    auto anna = find_user(bench.database, "anna");
    anna->enabled = false;
    save_user(bench.database, *anna, bench.loop.utc_now());
    EXPECT_EQ(log_in("anna", password), "wrong_password");
    EXPECT_FALSE(find_login(bench.installation, last.secret)) << "a disabled user's session ends";
}

TEST_F(Accounts, ThePasswordIsNowhere) {
    ASSERT_EQ(set_up(*offer_set_up(bench.installation)), "");
    ASSERT_EQ(log_in("anna", password), "");
    const auto hash = find_user(bench.database, "anna")->password.value();
    EXPECT_TRUE(hash.starts_with("$argon2id$")) << hash;
    EXPECT_EQ(bench.database.handle()
                  .execAndGet("SELECT count(*) FROM audit WHERE after LIKE '%battery%' OR before LIKE '%battery%'")
                  .getInt(),
              0);
}

TEST_F(Accounts, LoggingOutEndsTheSession) {
    const auto login = bench.log_in_as("anna", Role::viewer);
    log_out(bench.installation, login.actor, login.secret);
    EXPECT_FALSE(find_login(bench.installation, login.secret));
}

TEST_F(Accounts, WhoWatchesIsClosedWhenTheLoginEnds) {
    const auto login = bench.log_in_as("anna", Role::viewer);
    Watching watching(bench, login);
    ASSERT_EQ(watching.answer.status, 101u);
    pass(bench, LiveSession::look_every);
    EXPECT_EQ(watching.line.closed, "") << "the login holds";
    log_out(bench.installation, login.actor, login.secret);
    pass(bench, LiveSession::look_every);
    EXPECT_EQ(watching.line.closed, "the login has ended");
}

}  // namespace
}  // namespace busbar::manage
