#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "manage/actions/actor.hpp"
#include "manage/actions/jobs.hpp"
#include "manage/actions/metadata_answer.hpp"
#include "manage/actions/problem.hpp"
#include "manage/actions/script_process.hpp"
#include "manage/database/user_rows.hpp"

namespace busbar::manage {

struct Installation;

/// What a script is run with.
struct ScriptInputs {
    std::string element;         // a connector's id
    std::string device = "ALL";  // or a CASDU
    std::string user;            // empty: none, or the one that is kept
    bool operator==(const ScriptInputs&) const = default;
};

/// Import scripts: a person confirms what is to be run with which inputs, and the script's answer, by its standard
/// output or by a request of its own, is imported under the id of its request. Of the loop's thread.
class Scripts {
public:
    static constexpr std::size_t max_confirmations = 100, max_running = 4;
    static constexpr std::chrono::minutes confirmation_life{5};

    explicit Scripts(Installation& installation) : installation_(installation) {}

    struct Confirmation {
        std::string token;
        UtcTime expires;
    };
    /// Everything is checked as it will be by `run`, for which the token is good, once, and for no other inputs.
    Outcome<Confirmation> confirm(const Actor& actor, const std::string& script, const ScriptInputs& inputs);
    /// `password` absent: the one that is kept for the element, if there is one.
    Outcome<std::shared_ptr<const Job>> run(const Actor& actor, const std::string& script, const ScriptInputs& inputs,
                                            std::string_view token, const std::optional<std::string>& password);

    /// The job of a script that runs and whose request this is; null: there is none.
    std::shared_ptr<const Job> request(const std::string& guid) const;
    /// Completes that request.
    Outcome<void> answer(MetadataAnswer answer);
    /// Whether this token was given to the script whose request this is.
    bool holds(const std::string& guid, std::string_view token) const;
    /// Whose script was given this token.
    std::optional<Actor> holder(std::string_view token, const std::string& address) const;

private:
    struct Wish;
    struct Run;
    void begin(const std::string& guid, ScriptCommand command);
    void ended(const std::string& guid, ScriptEnd end);
    void take(Run& run, std::function<Outcome<MetadataAnswer>()> read);

    Installation& installation_;
    std::map<std::string, std::shared_ptr<Wish>> wishes_;  // by the hash of their token
    std::map<std::string, std::shared_ptr<Run>> running_;  // by GUID
};

/// What a request's failure is called.
Problem failed_import(const MetadataAnswer& answer);

}  // namespace busbar::manage
