#include "manage/actions/backup.hpp"

#include <memory>
#include <utility>

#include "manage/actions/audit.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/actions/sealed.hpp"
#include "manage/live/live.hpp"

namespace busbar::manage {

namespace {

constexpr std::size_t most_waiting = 8;

/// `work` on the worker's thread, with a connection to the database of its own; `done` back in the loop.
template <class Value>
void run(Installation& installation, std::function<Outcome<Value>(Database&)> work,
         std::function<void(Outcome<Value>)> done) {
    if (installation.worker.waiting() >= most_waiting)
        return done(refuse(Problem::Kind::too_many, "too_many_jobs", "too much is being done already; try again"));
    installation.worker.run([file = installation.database.file(), work = std::move(work),
                             done = std::move(done)]() -> std::function<void()> {
        const auto result = std::make_shared<Outcome<Value>>();
        try {
            Database own(file);
            *result = work(own);
        } catch (const std::exception& error) {
            *result = refuse(Problem::Kind::failed, "failed", error.what());
        }
        return [result, done] { done(std::move(*result)); };
    });
}

}  // namespace

void take_backup(Installation& installation, const Actor& actor, std::string passphrase,
                 std::function<void(Outcome<std::string>)> done) {
    add_audit(installation, actor, "backup taken", "");
    run<std::string>(
        installation,
        [passphrase = std::move(passphrase)](Database& own) { return seal(snapshot_of(own), passphrase); },
        std::move(done));
}

void restore_backup(Installation& installation, const Actor& actor, std::string file, std::string passphrase,
                    bool dry_run, std::function<void(Outcome<RestorePlan>)> done) {
    const AuditEntry note{0, installation.loop.utc_now(), actor.name, actor.address, "backup restored", "", {}, {}};
    const auto work = [file = std::move(file), passphrase = std::move(passphrase), note, dry_run,
                       &gate = installation.gate](Database& own) -> Outcome<RestorePlan> {
        const auto bad = [](const Error& error) {
            return Problem{Problem::Kind::invalid, "unusable_backup", error.what};
        };
        auto octets = unseal(file, passphrase);
        if (!octets) return tl::make_unexpected(bad(octets.error()));
        if (dry_run) return plan_restore(own, std::move(*octets)).map_error(bad);
        gate.close();
        return restore_snapshot(own, std::move(*octets), note).map_error(bad);
    };
    run<RestorePlan>(installation, work, [&installation, dry_run, done = std::move(done)](Outcome<RestorePlan> plan) {
        if (!dry_run) installation.gate.open();
        if (plan && !dry_run) {
            installation.publication.check_all();
            apply_connectors(installation);
            installation.live.names.changed();
        }
        done(std::move(plan));
    });
}

}  // namespace busbar::manage
