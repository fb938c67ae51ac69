#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <random>

#include "busbar/point_text.hpp"
#include "busbar/store_pages.hpp"
#include "busbar/store_visit.hpp"
#include "busbar/subcommand.hpp"
#include "connector/common/command_ledger.hpp"
#include "connector/common/life.hpp"
#include "connector/common/translate.hpp"
#include "iec104/station/command_words.hpp"
#include "net/timer.hpp"
#include "store/commands.hpp"

namespace busbar::program {

namespace {

using connector::CommandLedger;
using point::CommandStage;

constexpr std::string_view giver = "busbar-store";

/// Never the same twice, whoever else gives commands.
std::string make_id(UtcTime now) {
    std::random_device random;
    return fmt::format("{}:{}:{}:{:08x}{:08x}", giver, now.time_since_epoch().count(), ::getpid(), random(), random());
}

class Giving {
public:
    Giving(const config::StoreOptions& store, const CommandOptions& options)
        : options_(options),
          visit_(store),
          timer_(visit_.loop()),
          results_(visit_.store(), giver),
          tail_(visit_.loop(), connector::client_options(store), {std::string(store::keys::command_results)},
                {[this](std::string_view, store::StreamId id, store::EntryFields fields) { take(id, fields); },
                 [this](const std::string& reason) { following(reason); }}) {}

    int run() {
        first_ = command_to_give(options_, visit_.loop().utc_now());
        if (!first_) throw UsageError(first_.error().what);
        return visit_.run([this] { tail_.start(); });
    }

private:
    /// Only who hears the results may give a command.
    void following(const std::string& reason) {
        if (!reason.empty()) return fail_with(reason);
        if (!given_) give(options_.select);
    }

    void give(bool select) {
        given_ = true;
        const auto now = visit_.loop().utc_now();
        id_ = make_id(now);
        if (session_.empty()) session_ = id_;
        point::Command command;
        command.point = first_->point();
        command.point.select = (select || options_.cancel) && !is_parameter();
        command.point.cot = options_.cancel ? 8 : 6;
        command.cancel = options_.cancel;
        command.peer = giver;
        command.session = session_;
        command.issued = now;
        command.expires = now + std::chrono::duration_cast<std::chrono::milliseconds>(max_age());
        ledger_.add(id_, visit_.loop().now() + max_age(), !is_parameter());
        show(options_.cancel ? "cancel" : select ? "select" : "execute", "given");
        store::add_command(visit_.store().client(), options_.stream,
                           {{}, options_.address, giver, id_, to_json(command), {}},
                           [this](const store::Reply& reply) { written(reply); });
        set_timer();
    }

    void written(const store::Reply& reply) {
        using Written = CommandLedger::Written;
        const auto how = reply.is_good() ? Written::stored : reply.is_error() ? Written::refused : Written::lost;
        settle(ledger_.written(id_, how, reply.text()));
        set_timer();
    }

    void take(store::StreamId entry, store::EntryFields fields) {
        const auto read = store::read_command_entry(entry, fields);
        if (!read.fault.empty() || read.command != id_) return;
        if (const auto result = point::read_command_result(read.data))
            settle(ledger_.result(id_, *result, visit_.loop().now()));
    }

    void settle(const std::optional<CommandLedger::Outcome>& outcome) {
        if (!outcome) return;
        if (outcome->ours) {
            point::CommandResult result{outcome->stage, outcome->cause,          outcome->negative,
                                        giver,          visit_.loop().utc_now(), outcome->reason};
            results_.add(options_.address, id_, to_json(result));
        }
        show(to_string(outcome->stage), outcome->reason, outcome->cause);
        switch (outcome->stage) {
            case CommandStage::selected: return give(false);
            case CommandStage::confirmed:
                if (is_parameter()) return leave(exit_good);
                return termination_.after(std::chrono::milliseconds(static_cast<int>(1000 * options_.wait)),
                                          [this] { leave(exit_good); });
            case CommandStage::terminated:
            case CommandStage::cancelled: return leave(exit_good);
            case CommandStage::refused:
            case CommandStage::unknown: return leave(exit_failed);
        }
    }

    /// The asker's part of rule 3: whoever wins the claim decides.
    void on_deadline() {
        const auto due = ledger_.take_due(visit_.loop().now());
        for (const auto& outcome : due.unknown) settle(outcome);
        for (const auto& id : due.to_claim) {
            store::claim_command(visit_.store().client(), id, giver, 10 * max_age(), [this](const store::Reply& reply) {
                using Claim = CommandLedger::Claim;
                const bool ours = reply.kind() == store::Reply::Kind::status && reply.text() == "OK";
                settle(ledger_.claimed(id_, ours ? Claim::ours : reply.is_nil() ? Claim::anothers : Claim::lost));
            });
        }
        set_timer();
    }

    void set_timer() {
        if (const auto next = ledger_.next_deadline()) timer_.at(*next, [this] { on_deadline(); });
    }

    void show(std::string_view stage, std::string_view reason, unsigned cause = 0) {
        if (options_.json) {
            boost::json::object line{{"id", id_}, {"stage", stage}};
            if (cause != 0) line["cause"] = cause;
            if (!reason.empty()) line["reason"] = reason;
            std::cout << boost::json::serialize(line) << std::endl;
        } else {
            std::cout << fmt::format("{}{}{}", stage, reason.empty() ? "" : ": ", reason) << std::endl;
        }
    }

    /// After what was said to the store has been answered.
    void leave(int code) {
        visit_.store().client().command({"PING"}, [this, code](const store::Reply&) { visit_.finish(code); });
    }

    void fail_with(const std::string& reason) {
        std::cerr << "busbar store command: " << reason << '\n';
        visit_.finish(exit_failed);
    }

    bool is_parameter() const { return iec104::is_parameter(options_.type); }
    Duration max_age() const { return std::chrono::milliseconds(static_cast<int>(1000 * options_.max_age)); }

    CommandOptions options_;
    StoreVisit visit_;
    net::Timer timer_;
    net::Timer termination_{visit_.loop()};
    store::CommandResults results_;
    store::StreamTail tail_;
    Result<CommandToGive> first_ = fail("not read yet");
    CommandLedger ledger_;
    std::string id_, session_;
    bool given_ = false;
};

}  // namespace

Result<CommandToGive> command_to_give(const CommandOptions& options, UtcTime now) {
    const bool parameter = iec104::is_parameter(options.type);
    if (!parameter && !iec104::is_command(options.type))
        return fail(fmt::format("--type: {} is no command (45-51, 58-64, 110-113)", options.type));
    if (parameter && options.select) return fail("--select: parameters are not selected");
    if (options.cancel && iec104::is_parameter_value(options.type))
        return fail("--cancel: a parameter that was loaded stays loaded");
    if (options.select && options.cancel) return fail("--cancel: not together with --select");
    if ((options.select || options.cancel) && iec104::command_without_time_tag(options.type) == 51)
        return fail("--select: bit strings cannot be selected");
    SetOptions point;
    point.address = options.address;
    point.type = options.type;
    point.value = options.value;
    point.source = giver;
    point.time = iec104::has_command_time_tag(options.type) ? "now" : "none";
    auto json = point_to_set(point, now);
    if (!json) return tl::make_unexpected(json.error());
    return CommandToGive{std::move(*json), options.qualifier};
}

point::Point CommandToGive::point() const {
    auto point = point::read_json(json);
    require(point.has_value(), "a command to give was made of a point");
    if (qualifier != 0) point->qualifier = qualifier;
    return *point;
}

int store_command(const config::StoreOptions& store, const CommandOptions& options) {
    return Giving(store, options).run();
}

}  // namespace busbar::program
