#include "manage/actions/scripts.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <filesystem>
#include <utility>

#include "manage/actions/audit.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/actions/import_credentials.hpp"
#include "manage/actions/imports.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/script_files.hpp"
#include "manage/actions/secrets.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::size_t output_limit = MetadataAnswer::max_octets;

std::string key_of(std::string_view token) {
    const auto hash = hash_of_secret(token);
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

/// A random one (version 4).
std::string make_guid() {
    std::array<unsigned char, 16> random{};
    randombytes_buf(random.data(), random.size());
    random[6] = static_cast<unsigned char>((random[6] & 0x0f) | 0x40);
    random[8] = static_cast<unsigned char>((random[8] & 0x3f) | 0x80);
    std::string guid;
    for (std::size_t at = 0; at < random.size(); ++at) {
        if (at == 4 || at == 6 || at == 8 || at == 10) guid += '-';
        guid += fmt::format("{:02x}", random[at]);
    }
    return guid;
}

Outcome<std::optional<std::uint16_t>> casdu_of(const std::string& device) {
    if (device == "ALL") return std::nullopt;
    std::uint16_t casdu = 0;
    const auto [end, error] = std::from_chars(device.data(), device.data() + device.size(), casdu);
    if (error == std::errc{} && end == device.data() + device.size()) return std::optional(casdu);
    return refuse(Problem::Kind::invalid, "invalid_device", "the script cannot be run for this device",
                  {{"device", "is ALL or a CASDU, 0 … 65535"}});
}

Outcome<void> check_element(Installation& installation, const std::string& element) {
    const auto found = find(installation, element);
    if (!found) return tl::make_unexpected(found.error());
    if (found->stopped) return refuse(Problem::Kind::conflict, "connector_stopped", element + " is stopped; start it");
    return {};
}

Outcome<ScriptFile> check(Installation& installation, const std::string& name, const ScriptInputs& inputs) {
    auto script = find_script(installation.database.folder(), name);
    if (!script)
        return refuse(Problem::Kind::not_found, "no_such_script",
                      fmt::format("there is no script {} that can be run: {}", tables::shortened(name, 100),
                                  script.error().what));
    if (const auto device = casdu_of(inputs.device); !device) return tl::make_unexpected(device.error());
    if (auto good = check_element(installation, inputs.element); !good) return tl::make_unexpected(good.error());
    return std::move(*script);
}

Outcome<MetadataAnswer> read_output(std::string_view output, const std::string& guid) {
    auto answer = parse_metadata_answer(output);
    if (answer && answer->request != guid)
        return refuse(Problem::Kind::failed, "other_request",
                      "the script's answer does not have the RequestGuid that it was given");
    return answer;
}

std::string without(std::string text, const std::string& secret) {
    if (secret.empty()) return text;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
        text.replace(at, secret.size(), "***");
    return text;
}

}  // namespace

/// What somebody was asked to confirm.
struct Scripts::Wish {
    std::string author, script;
    ScriptInputs inputs;
    std::filesystem::file_time_type changed;  // the file that was looked at
    TimePoint expires;
};

struct Scripts::Run {
    std::shared_ptr<Job> job;
    Actor actor;
    ScriptInputs inputs;
    std::string token_key;
    std::string password;  // must not appear in what the script says
    bool answered = false;
    std::unique_ptr<ScriptProcess> process;
};

Problem failed_import(const MetadataAnswer& answer) {
    return {Problem::Kind::failed, "import_failed",
            "Import failed: " + std::string(tables::shortened(answer.message, 1000))};
}

Outcome<Scripts::Confirmation> Scripts::confirm(const Actor& actor, const std::string& script,
                                                const ScriptInputs& inputs) {
    const auto file = check(installation_, script, inputs);
    if (!file) return tl::make_unexpected(file.error());
    const auto now = installation_.loop.now();
    std::erase_if(wishes_, [now](const auto& each) { return each.second->expires <= now; });
    if (wishes_.size() >= max_confirmations)
        return refuse(Problem::Kind::too_many, "too_many_confirmations", "too many scripts wait to be confirmed");
    const std::string token = make_secret();
    wishes_[key_of(token)] = std::make_shared<Wish>(
        Wish{actor.name, script, inputs, std::filesystem::last_write_time(file->program), now + confirmation_life});
    return Confirmation{token, installation_.loop.utc_now() + confirmation_life};
}

Outcome<std::shared_ptr<const Job>> Scripts::run(const Actor& actor, const std::string& script,
                                                 const ScriptInputs& inputs, std::string_view token,
                                                 const std::optional<std::string>& password) {
    const auto file = check(installation_, script, inputs);
    if (!file) return tl::make_unexpected(file.error());
    const auto wish = wishes_.find(key_of(token));
    if (wish == wishes_.end() || wish->second->expires <= installation_.loop.now() ||
        wish->second->author != actor.name || wish->second->script != script || wish->second->inputs != inputs ||
        wish->second->changed != std::filesystem::last_write_time(file->program))
        return refuse(Problem::Kind::conflict, "not_confirmed", "confirm again: this script, with these inputs");
    std::optional<ImportCredentials> credentials;
    if (password || !inputs.user.empty()) {
        credentials = ImportCredentials{inputs.user, password.value_or("")};
    } else {
        auto kept = kept_import_credentials(installation_, inputs.element);
        if (!kept) return tl::make_unexpected(kept.error());
        credentials = std::move(*kept);
    }
    if (running_.size() >= max_running) return too_many_jobs();
    const std::string guid = make_guid(), request_token = make_secret();
    // Before anything runs: what cannot be noted is not done.
    add_audit(installation_, actor, "import script run", script, std::nullopt,
              json::serialize(json::object{{"element", inputs.element}, {"device", inputs.device}, {"request", guid}}));
    auto job = installation_.jobs.add("Import script", actor.name);
    if (!job) return too_many_jobs();
    wishes_.erase(wish);

    job->script = Job::Script{script, inputs.element, inputs.device, guid, {}};
    auto run = std::make_shared<Run>();
    run->job = job;
    run->actor = actor;
    run->inputs = inputs;
    run->token_key = key_of(request_token);
    if (credentials) run->password = credentials->password;
    running_[guid] = run;
    ScriptCommand command;
    command.program = file->program;
    command.arguments = {"--ImportElementName=" + inputs.element, "--RequestGuid=" + guid, "--Device=" + inputs.device};
    command.input = json::serialize(json::object{{"ImportElementName", inputs.element},
                                                 {"RequestGuid", guid},
                                                 {"Device", inputs.device},
                                                 {"RequestToken", request_token}}) +
                    "\n";
    if (credentials)
        command.credentials =
            json::serialize(json::object{{"user", credentials->user}, {"password", credentials->password}}) + "\n";
    command.time_limit = file->time_limit;
    command.output_limit = output_limit;
    begin(guid, std::move(command));
    return job;
}

void Scripts::begin(const std::string& guid, ScriptCommand command) {
    Run& run = *running_.at(guid);
    installation_.jobs.begin_step(*run.job, "The script runs", 0);
    run.process = std::make_unique<ScriptProcess>(installation_.loop, std::move(command), run.job->cancelled,
                                                  [this, guid](ScriptEnd end) { ended(guid, std::move(end)); });
}

std::shared_ptr<const Job> Scripts::request(const std::string& guid) const {
    const auto run = running_.find(guid);
    return guid.empty() || run == running_.end() ? nullptr : run->second->job;
}

bool Scripts::holds(const std::string& guid, std::string_view token) const {
    const auto run = running_.find(guid);
    return run != running_.end() && run->second->token_key == key_of(token);
}

std::optional<Actor> Scripts::holder(std::string_view token, const std::string& address) const {
    const std::string key = key_of(token);
    for (const auto& [guid, run] : running_) {
        if (run->token_key != key) continue;
        Actor actor = run->actor;
        actor.address = address;
        return actor;
    }
    return std::nullopt;
}

Outcome<void> Scripts::answer(MetadataAnswer answer) {
    Run& run = *running_.at(answer.request);
    if (run.answered) return refuse(Problem::Kind::conflict, "already_answered", "this request has its answer already");
    run.answered = true;
    const auto given = std::make_shared<MetadataAnswer>(std::move(answer));
    take(run, [given] { return std::move(*given); });
    return {};
}

/// `read` is the worker's.
void Scripts::take(Run& run, std::function<Outcome<MetadataAnswer>()> read) {
    if (auto good = check_element(installation_, run.inputs.element); !good)
        return installation_.jobs.end(*run.job, good.error());
    ImportOptions options;
    options.casdu = *casdu_of(run.inputs.device);
    options.columns = metadata_columns();
    const std::string name = "script " + run.job->script->name;
    ImportSource source{name, [name, read = std::move(read), password = run.password]() -> Outcome<ImportRows> {
                            auto answer = read();
                            if (!answer) return tl::make_unexpected(answer.error());
                            answer->message = without(std::move(answer->message), password);
                            if (!answer->success) return tl::make_unexpected(failed_import(*answer));
                            return to_source(name, std::move(*answer)).read();
                        }};
    import_points(installation_, run.actor, run.job, std::move(source), std::move(options));
}

void Scripts::ended(const std::string& guid, ScriptEnd end) {
    const auto run = running_.at(guid);
    running_.erase(guid);
    for (std::string& line : end.log) run->job->script->log.push_back(without(std::move(line), run->password));
    // An answer that came by a request counts, whatever becomes of the script.
    if (run->answered) {
        if (!run->job->is_open()) installation_.jobs.note(*run->job);
        return;
    }
    if (end.problem) return installation_.jobs.end(*run->job, std::move(end.problem));
    const auto output = std::make_shared<std::string>(std::move(end.output));
    take(*run, [output, guid] { return read_output(*output, guid); });
}

}  // namespace busbar::manage
