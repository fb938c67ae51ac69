#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>

#include "busbar/point_text.hpp"
#include "busbar/store_pages.hpp"
#include "busbar/store_visit.hpp"
#include "busbar/subcommand.hpp"
#include "connector/common/command_giver.hpp"
#include "connector/common/wanted_point.hpp"
#include "iec104/station/command_words.hpp"
#include "net/timer.hpp"

namespace busbar::program {

namespace {

using connector::CommandLedger;
using point::CommandStage;

constexpr std::string_view giver_name = "busbar-store";

class Giving {
public:
    Giving(const config::StoreOptions& store, const CommandOptions& options)
        : options_(options),
          visit_(store),
          giver_(visit_.store(), std::string(giver_name),
                 {[this](const CommandLedger::Outcome& outcome) { take(outcome); },
                  [this](const std::string& reason) { following(reason); }}) {}

    int run() {
        auto point = command_to_give(options_, visit_.loop().utc_now());
        if (!point) throw UsageError(point.error().what);
        point_ = std::move(*point);
        return visit_.run([this] { giver_.start(); });
    }

private:
    /// Only who hears the results may give a command.
    void following(const std::string& reason) {
        if (!reason.empty()) return fail_with(reason);
        if (id_.empty()) give(options_.select);
    }

    void give(bool select) {
        id_ = giver_.make_id();
        if (session_.empty()) session_ = id_;
        show(options_.cancel ? "cancel" : select ? "select" : "execute", "given");
        giver_.give(id_, {options_.address, point_, select, options_.cancel, options_.qualifier,
                          std::string(giver_name), session_, max_age(), options_.stream});
    }

    void take(const CommandLedger::Outcome& outcome) {
        if (outcome.id != id_) return;
        show(to_string(outcome.stage), outcome.reason, outcome.cause);
        switch (outcome.stage) {
            case CommandStage::selected: return give(false);
            case CommandStage::confirmed:
                if (iec104::is_parameter(options_.type)) return leave(exit_good);
                return termination_.after(std::chrono::milliseconds(static_cast<int>(1000 * options_.wait)),
                                          [this] { leave(exit_good); });
            case CommandStage::terminated:
            case CommandStage::cancelled: return leave(exit_good);
            case CommandStage::refused:
            case CommandStage::unknown: return leave(exit_failed);
        }
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

    Duration max_age() const { return std::chrono::milliseconds(static_cast<int>(1000 * options_.max_age)); }

    CommandOptions options_;
    StoreVisit visit_;
    net::Timer termination_{visit_.loop()};
    connector::CommandGiver giver_;
    std::string point_, id_, session_;
};

}  // namespace

Result<std::string> command_to_give(const CommandOptions& options, UtcTime now) {
    auto value = option_value(options.value);
    if (!value) return tl::make_unexpected(value.error());
    auto point = connector::command_point_of({options.address, options.type, *value, options.select, options.cancel,
                                              options.qualifier, std::string(giver_name)},
                                             now);
    if (!point) return fail("--" + point.error().what);
    return point;
}

int store_command(const config::StoreOptions& store, const CommandOptions& options) {
    return Giving(store, options).run();
}

}  // namespace busbar::program
