#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>

#include "manage/actions/accounts.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/secrets.hpp"
#include "manage/live/live.hpp"
#include "manage/rest/api.hpp"
#include "manage/supervise/supervisor.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::manage {

/// An installation without a process or socket: its connectors are `true`, its store is away unless one is given.
struct InstallationBench {
    explicit InstallationBench(store::ClientOptions store_options = nowhere())
        : store(loop, std::move(store_options)) {}
    ~InstallationBench() { worker.end(); }
    InstallationBench(const InstallationBench&) = delete;
    InstallationBench& operator=(const InstallationBench&) = delete;

    static store::ClientOptions nowhere() {
        store::ClientOptions options;
        options.address.path = "/nonexistent/store.sock";
        return options;
    }

    /// Runs the loop until the request was answered.
    HttpResponse ask(HttpRequest request) {
        std::optional<HttpResponse> answer;
        api.handle(std::move(request), [&answer](HttpResponse response) { answer = std::move(response); });
        loop.run_until([&answer] { return answer.has_value(); }, std::chrono::seconds{20});
        return answer.value_or(HttpResponse{0, {}, "no answer"});
    }

    /// A user with a session, without the cost of a password.
    LoggedIn log_in_as(const std::string& name, Role role) {
        UserRow row{0, name, std::string(to_string(role)), std::nullopt, true, 0, {}};
        row.id = save_user(database, row, loop.utc_now());
        LoggedIn login{{name, role, "127.0.0.1"}, "secret of " + name, "csrf of " + name};
        add_session(database, hash_of_secret(login.secret),
                    {row.id, name, row.role, login.csrf, loop.utc_now() + session_life}, loop.utc_now());
        return login;
    }

    /// As a page of our own sends it.
    static HttpRequest request(std::string method, std::string target, const LoggedIn* login = nullptr,
                               std::string body = {}) {
        HttpRequest request{
            std::move(method), std::move(target), {{"host", "busbar:8104"}}, std::move(body), "127.0.0.1"};
        if (login != nullptr) {
            request.headers.emplace_back("cookie", "busbar_session=" + login->secret);
            request.headers.emplace_back("x-csrf-token", login->csrf);
        }
        if (!request.body.empty()) request.headers.emplace_back("content-type", "application/json");
        return request;
    }

    tests::TemporaryFolder folder;
    net::EventLoop loop;
    Database database{folder.path() / "busbar.db"};
    Worker worker{loop};
    store::Store store;
    Publication publication{store, database};
    ConnectorStates states{store};
    ConnectorCalls calls{store};
    Supervisor supervisor{loop, {"true", folder.path(), {}}};
    Live live{store, database};
    Installation installation{loop, database, worker, store, publication, states, calls, supervisor, live};
    Api api{installation};
};

inline std::string code_of(const HttpResponse& response) {
    boost::json::error_code error;
    const auto body = boost::json::parse(response.body, error);
    if (error || !body.is_object() || !body.as_object().contains("code")) return "";
    return std::string(body.at("code").as_string());
}

}  // namespace busbar::manage
