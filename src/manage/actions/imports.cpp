#include "manage/actions/imports.hpp"

#include <fmt/format.h>

#include <utility>

#include "manage/actions/import_run.hpp"
#include "manage/actions/points.hpp"
#include "manage/actions/save_points.hpp"

namespace busbar::manage {

namespace {

KnownPoints known_points(Database& database) {
    KnownPoints known;
    for_each_point(database, [&known](const PointRow& row) { known.emplace(row.address, row); });
    return known;
}

/// What the rows say of points goes to the database, by a connection of the worker's own.
class PointsImport : public ImportTarget {
public:
    PointsImport(Installation& installation, Actor actor, std::string source, ImportOptions options)
        : saving_(installation, std::move(actor)), source_(std::move(source)), options_(std::move(options)) {}

    Outcome<ImportPlan> check(const tables::Table& table) override {
        Database database(saving_.file());
        SQLite::Transaction as_it_is(database.handle());
        last_revision_ = last_points_revision(database);
        auto plan = plan_import(table, known_points(database), options_);
        if (!plan) return plan;
        comment_ = fmt::format("import: {} new, {} changed, {} removed", plan->added, plan->changed, plan->removed);
        changes_ = std::move(plan->changes);
        plan->changes.clear();
        return plan;
    }

    Outcome<std::int64_t> save(UtcTime now) override {
        if (changes_.empty()) return 0;
        auto saved = saving_.save(changes_, {source_, "changed", comment_}, last_revision_, now);
        changes_ = {};
        return saved;
    }

    Outcome<std::int64_t> publish(std::int64_t saved) override { return saved; }
    void end() override { saving_.publish(); }

private:
    PointsSaving saving_;
    std::string source_, comment_;
    ImportOptions options_;
    std::int64_t last_revision_ = 0;  // of points, when they were read
    std::vector<PointChange> changes_;
};

/// Of who is an engineer in areas only: he cannot undo what he removed by mistake, so that it is never much.
Outcome<void> check_place(const Actor& actor, const ImportOptions& options) {
    if (actor.may(Role::engineer)) return {};
    if (options.casdu && !actor.may_at_station(Role::engineer, *options.casdu))
        return refuse(Problem::Kind::forbidden, "forbidden", fmt::format("{} is not in your areas", *options.casdu));
    if (options.mode == ImportMode::replace && !options.casdu)
        return refuse(Problem::Kind::forbidden, "replace_needs_casdu",
                      "who is an engineer in areas only replaces the points of one station: name it by `casdu`");
    return {};
}

}  // namespace

tl::unexpected<Problem> too_many_jobs() {
    return refuse(Problem::Kind::too_many, "too_many_jobs", "too many imports at the same time; try again");
}

Outcome<std::shared_ptr<const Job>> import_points(Installation& installation, const Actor& actor, ImportSource source,
                                                  ImportOptions options, bool dry_run) {
    if (auto good = check_place(actor, options); !good) return tl::make_unexpected(good.error());
    auto job = installation.jobs.add("Import of points", actor.name, dry_run);
    if (!job) return too_many_jobs();
    import_points(installation, actor, job, std::move(source), std::move(options));
    return job;
}

void import_points(Installation& installation, const Actor& actor, std::shared_ptr<Job> job, ImportSource source,
                   ImportOptions options) {
    const bool skip_faulty = options.skip_faulty;
    options.may_change = [actor](std::uint16_t casdu) { return actor.may_at_station(Role::engineer, casdu); };
    auto target = std::make_unique<PointsImport>(installation, actor, source.name, std::move(options));
    run_import(installation, std::move(job), std::move(source), std::move(target), skip_faulty);
}

}  // namespace busbar::manage
