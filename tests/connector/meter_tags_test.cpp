#include "connector/iec102_client/meter_tags.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "connector/iec102_client/channel_config.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using config::MeterVariable;

class Bench {
public:
    Bench() {
        config::MeterChannel channel;
        channel.name = "line";
        channel.devices.resize(2);
        channel.devices[0].name = "one";
        channel.devices[0].current_ratio = 10;
        channel.devices[1].name = "two";
        config.channels.push_back(channel);
    }

    config::MeterTag& add(MeterVariable variable, std::uint32_t ioa, std::string device = "line/one") {
        config::MeterTag tag;
        tag.name = std::to_string(ioa);
        tag.enabled = true;
        tag.device = std::move(device);
        tag.variable = variable;
        tag.casdu = 1;
        tag.ioa = ioa;
        return config.tags.emplace_back(tag);
    }
    void apply() {
        tags.configure(
            config, [this](store::ImageAddress) { return known; }, received);
    }
    /// A reading of one variable of the first meter.
    void read(MeterVariable variable, double value, bool valid = true, std::string_view device = "line/one") {
        write(variable_of(variable), {value, valid}, values);
        tags.take(device, values, now, received);
    }
    void change(iec102::DeviceState state, std::string reason, std::string device = "line/one") {
        tags.take(iec102::DeviceChanged{std::move(device), state, std::move(reason)}, received);
    }
    /// "1=8 IV NT (demoted); …": what was written since the last call; '~' before what went to the image alone.
    std::string said() { return std::exchange(said_, {}); }

    config::MeterConfig config;
    std::optional<double> known;  // of every point in the store
    iec102::InstantaneousValues values;
    std::size_t room = 1000;  // points that can still be taken
    TimePoint now{};
    UtcTime received = parse_iso8601("2026-11-21T09:00:00Z").value();
    MeterTags tags{"m", [this](const point::Point& point, bool event) { return note(point, event); }};

private:
    bool note(const point::Point& point, bool event) {
        if (room == 0) return false;
        --room;
        if (!said_.empty()) said_ += "; ";
        if (!event) said_ += '~';
        said_ += std::to_string(point.ioa) + "=";
        if (const auto* number = std::get_if<double>(&point.value)) {
            char text[max_number_size];
            said_.append(text, write_number(text, *number));
        } else {
            said_ += std::to_string(std::get<std::int64_t>(point.value)) + "i";
        }
        for (const auto& flag : point::flag_names) {
            if (point.quality.has(flag.flag)) (said_ += ' ') += flag.name;
        }
        if (!point.reason.empty()) ((said_ += " (") += point.reason) += ")";
        if (point.time) said_ += " timed";
        return true;
    }
    std::string said_;
};

TEST(MeterTags, AreUninitializedUntilTheFirstReading) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.apply();
    EXPECT_EQ(bench.said(), "1=0 IV (uninitialized)");
    bench.read(MeterVariable::power_active_total, -8);
    EXPECT_EQ(bench.said(), "1=-8");
}

TEST(MeterTags, ANewTagHasTheValueThatTheStoreKnows) {
    Bench bench;
    bench.known = 42;
    bench.add(MeterVariable::power_active_total, 1);
    EXPECT_EQ(bench.tags.missing(bench.config).size(), 1u);
    bench.apply();
    EXPECT_EQ(bench.said(), "1=42 IV (uninitialized)");
    EXPECT_TRUE(bench.tags.missing(bench.config).empty());
    bench.read(MeterVariable::power_active_total, 42);  // the value is the same, its quality not
    EXPECT_EQ(bench.said(), "1=42");
}

TEST(MeterTags, ADisabledTagIsAMemoryTag) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1).enabled = false;
    bench.apply();
    bench.read(MeterVariable::power_active_total, 8);
    bench.change(iec102::DeviceState::demoted, "no answer");
    EXPECT_EQ(bench.said(), "");
    EXPECT_TRUE(bench.tags.stations().empty());
}

TEST(MeterTags, AnEqualValueIsNoEventButRefreshesTheImage) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.apply();
    bench.read(MeterVariable::power_active_total, 8);
    bench.said();
    bench.now += 1s;
    bench.read(MeterVariable::power_active_total, 8);
    EXPECT_EQ(bench.said(), "~1=8");
}

TEST(MeterTags, ATagTakesAReadingAtItsOwnRate) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1).scan_rate = config::WholeMilliseconds{1000};
    bench.apply();
    bench.read(MeterVariable::power_active_total, 1);
    bench.said();
    bench.now += 500ms;
    bench.read(MeterVariable::power_active_total, 2);
    EXPECT_EQ(bench.said(), "");
    bench.now += 450ms;  // a little early is on time
    bench.read(MeterVariable::power_active_total, 3);
    EXPECT_EQ(bench.said(), "1=3");
}

TEST(MeterTags, ScaleOffsetRatioAndDeadband) {
    Bench bench;
    auto& tag = bench.add(MeterVariable::current_phase1, 1);
    tag.scale = 2;
    tag.offset = 1;
    tag.deadband = 50;
    bench.apply();
    bench.said();
    bench.read(MeterVariable::current_phase1, 1.2);
    EXPECT_EQ(bench.said(), "1=25");  // 1.2 A secondary, 10:1
    bench.now += 1s;
    bench.read(MeterVariable::current_phase1, 3.6);
    EXPECT_EQ(bench.said(), "~1=25");
    bench.now += 1s;
    bench.read(MeterVariable::current_phase1, 3.7);
    EXPECT_EQ(bench.said(), "1=75");
}

TEST(MeterTags, IntegratedTotalsAreWholeNumbers) {
    Bench bench;
    bench.add(MeterVariable::energy_active_imported, 1).type = 37;
    bench.apply();
    bench.said();
    bench.read(MeterVariable::energy_active_imported, 255842);
    EXPECT_EQ(bench.said(), "1=255842i");
    bench.change(iec102::DeviceState::failing, "no answer");
    EXPECT_EQ(bench.said(), "1=255842i IV (no answer)");  // such a type has no NT
}

TEST(MeterTags, WhatTheMeterCallsInvalidIsBadWithItsValue) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.apply();
    bench.said();
    bench.read(MeterVariable::power_active_total, 5, false);
    EXPECT_EQ(bench.said(), "1=5 IV (invalid in the meter)");
    bench.read(MeterVariable::power_active_total, 5);  // good again is said at once, whatever the rate
    EXPECT_EQ(bench.said(), "1=5");
}

TEST(MeterTags, StatesOfADeviceAreThoseOfItsTagsAndOfNoOthers) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.add(MeterVariable::power_active_total, 2, "line/two");
    bench.apply();
    bench.read(MeterVariable::power_active_total, 8);
    bench.said();
    bench.change(iec102::DeviceState::failing, "no answer to 4 attempts");
    EXPECT_EQ(bench.said(), "1=8 IV NT (no answer to 4 attempts)");
    bench.change(iec102::DeviceState::failing, "no answer to 4 attempts");
    EXPECT_EQ(bench.said(), "");
    bench.change(iec102::DeviceState::demoted, "no answer to 4 attempts");
    EXPECT_EQ(bench.said(), "1=8 IV NT (demoted)");
    bench.change(iec102::DeviceState::starting, "on-scan again");
    EXPECT_EQ(bench.said(), "");
    bench.read(MeterVariable::power_active_total, 8);
    EXPECT_EQ(bench.said(), "1=8");
    bench.change(iec102::DeviceState::disabled, "");
    EXPECT_EQ(bench.said(), "1=8 IV (uninitialized)");
}

TEST(MeterTags, ARefusedObjectIsBadForItsVariablesOnly) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.add(MeterVariable::energy_active_imported, 2);
    bench.apply();
    bench.said();
    bench.tags.refuse("line/one", iec102::power_object, "not in the answer", bench.received);
    EXPECT_EQ(bench.said(), "1=0 IV (not in the answer)");
}

TEST(MeterTags, BehindAGatewayForTooLongAreOutOfService) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.apply();
    bench.read(MeterVariable::power_active_total, 8);
    bench.said();
    bench.tags.out_of_service("other", bench.received);
    EXPECT_EQ(bench.said(), "");
    bench.tags.out_of_service("line", bench.received);
    EXPECT_EQ(bench.said(), "1=8 IV NT (out of service)");
    EXPECT_EQ(bench.tags.bad(), 1u);
}

TEST(MeterTags, TheMetersOwnTimeIfWanted) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1).time = config::TagTime::meter;
    bench.apply();
    bench.values.powers.emplace().time = iec102::label_a(bench.received);
    bench.said();
    bench.read(MeterVariable::power_active_total, 8);
    EXPECT_EQ(bench.said(), "1=8 timed");
    bench.now += 1s;
    bench.values.powers->time.invalid = true;  // the label, not the value
    bench.read(MeterVariable::power_active_total, 9);
    EXPECT_EQ(bench.said(), "1=9");
}

TEST(MeterTags, AChangeOfTheConfigurationKeepsTheValuesOfTagsThatStay) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.apply();
    bench.read(MeterVariable::power_active_total, 8);
    bench.said();
    bench.config.tags[0].scan_rate = config::WholeMilliseconds{5000};
    bench.add(MeterVariable::power_reactive_total, 2);
    bench.apply();
    EXPECT_EQ(bench.said(), "2=0 IV (uninitialized)");
    bench.tags.say_again(bench.received);
    EXPECT_EQ(bench.said(), "1=8; 2=0 IV (uninitialized)");
}

TEST(ChannelConfig, AnObjectIsReadAsOftenAsItsFastestEnabledTagWants) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1).scan_rate = config::WholeMilliseconds{5000};
    bench.add(MeterVariable::power_factor_total, 2).scan_rate = config::WholeMilliseconds{2000};
    bench.add(MeterVariable::current_phase1, 3).enabled = false;
    bench.add(MeterVariable::energy_reactive_q1, 4, "line/two");
    const auto devices = device_configs(bench.config.channels[0], bench.config.tags);
    ASSERT_EQ(devices.size(), 2u);
    EXPECT_EQ(devices[0].name, "line/one");
    EXPECT_EQ(devices[0].periods[0], std::nullopt);
    EXPECT_EQ(devices[0].periods[1], 2000ms);
    EXPECT_EQ(devices[0].periods[2], std::nullopt);
    EXPECT_EQ(devices[1].periods[0], 1000ms);
}

TEST(ChannelConfig, TheVariablesOfTheConfigurationAreThoseOfTheProtocol) {
    for (const auto& row : iec102::all_variables()) {
        const auto same = static_cast<MeterVariable>(row.variable);
        EXPECT_EQ(variable_of(same), row.variable);
        EXPECT_EQ(config::is_energy(same), row.object == iec102::energy_object) << row.name;
    }
}

/// The ratios of the first meter are the meter's.
class RatioBench : public Bench {
public:
    RatioBench() {
        auto& device = config.channels[0].devices[0];
        device.ratios = config::RatioSource::meter;
        device.current_ratio = 1;
        add(MeterVariable::current_phase1, 1);
        add(MeterVariable::voltage_phase1, 2);
        add(MeterVariable::power_active_total, 3);
        apply();
        said();
    }
    void ratios(iec102::Ratios ratios) { tags.take(iec102::RatiosRead{"line/one", ratios, ""}); }
    /// 2 A, 100 V, 8 kW
    std::string after_reading() {
        write(variable_of(MeterVariable::current_phase1), {2, true}, values);
        write(variable_of(MeterVariable::voltage_phase1), {100, true}, values);
        now += 10s;
        read(MeterVariable::power_active_total, 8);
        return said();
    }
};

TEST(MeterTags, WaitForTheMetersOwnTransformerRatios) {
    RatioBench bench;
    EXPECT_EQ(bench.after_reading(),
              "1=0 IV (the transformer ratio was not read yet); "
              "2=0 IV (the transformer ratio was not read yet); 3=8");
    bench.ratios({220'000, 1'100, 2'000, 50});
    EXPECT_EQ(bench.after_reading(), "1=80; 2=20000; ~3=8");
    bench.apply();  // the same configuration again: what is known stays known
    EXPECT_EQ(bench.after_reading(), "~1=80; ~2=20000; ~3=8");
    bench.ratios({1'100, 1'100, 4'000, 50});
    EXPECT_EQ(bench.after_reading(), "1=160; 2=100; ~3=8");
}

TEST(MeterTags, AreBadWithARatioThatSaysNothing) {
    RatioBench bench;
    bench.ratios({0, 0, 2'000, 50});
    EXPECT_EQ(bench.after_reading(), "1=80; 2=0 IV (no transformer ratio that can be used); 3=8");
    bench.ratios({1'100, 1'100, 1, 1'001});  // 0.000999
    EXPECT_EQ(bench.after_reading(), "1=80 IV NT (no transformer ratio that can be used); 2=100; ~3=8");
    bench.ratios({4'294'967'295, 4'294, 1, 1'000});  // 1000224, 0.001
    EXPECT_EQ(bench.after_reading(), "1=0.002; 2=100 IV NT (no transformer ratio that can be used); ~3=8");
    bench.ratios({4'294'000'000, 4'294, 0, 5});  // 1000000
    EXPECT_EQ(bench.after_reading(), "1=0.002 IV NT (no transformer ratio that can be used); 2=1e+08; ~3=8");
}

TEST(MeterTags, AreBadWhenTheMeterDoesNotSayItsRatios) {
    RatioBench bench;
    bench.ratios({1'100, 1'100, 2'000, 50});
    bench.after_reading();
    bench.tags.take(iec102::RatiosRead{"line/one", std::nullopt, "cause 14"});
    EXPECT_EQ(bench.after_reading(),
              "1=80 IV NT (no transformer ratio: cause 14); 2=100 IV NT (no transformer ratio: cause 14); ~3=8");
}

TEST(MeterTags, ForgetTheMetersRatiosWhenTheyAreConfigured) {
    RatioBench bench;
    bench.ratios({1'100, 1'100, 2'000, 50});
    auto& device = bench.config.channels[0].devices[0];
    device.ratios = config::RatioSource::configured;
    device.current_ratio = 3;
    bench.apply();
    EXPECT_EQ(bench.after_reading(), "1=6; 2=100; 3=8");
    device.ratios = config::RatioSource::meter;
    bench.apply();
    EXPECT_EQ(bench.after_reading(),
              "1=6 IV NT (the transformer ratio was not read yet); "
              "2=100 IV NT (the transformer ratio was not read yet); ~3=8");
}

TEST(MeterTags, TellsTheTagsOfManyMetersApart) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.add(MeterVariable::power_active_total, 2, "line/two");
    bench.add(MeterVariable::power_active_phase1, 3);
    bench.apply();
    bench.said();
    write(variable_of(MeterVariable::power_active_phase1), {5, true}, bench.values);
    bench.read(MeterVariable::power_active_total, 4);
    EXPECT_EQ(bench.said(), "1=4; 3=5");
    bench.now += 10s;
    bench.read(MeterVariable::power_active_total, 6, true, "line/two");
    EXPECT_EQ(bench.said(), "2=6");
    bench.read(MeterVariable::power_active_total, 6, true, "line/three");
    EXPECT_EQ(bench.said(), "");
    bench.config.tags.erase(bench.config.tags.begin());
    bench.apply();
    bench.change(iec102::DeviceState::failing, "no answer");
    EXPECT_EQ(bench.said(), "3=5 IV NT (no answer)");
}

TEST(MeterTags, APointThatMovesToAnotherMeterBeginsAnew) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.apply();
    bench.read(MeterVariable::power_active_total, 4);
    bench.said();
    bench.config.tags[0].device = "line/two";
    bench.apply();
    EXPECT_EQ(bench.said(), "1=0 IV (uninitialized)");
}

TEST(MeterTags, SayLaterWhatThereWasNoRoomFor) {
    Bench bench;
    for (std::uint32_t ioa = 1; ioa <= 5; ++ioa) bench.add(MeterVariable::power_active_total, ioa);
    bench.room = 2;
    bench.apply();
    EXPECT_EQ(bench.said(), "1=0 IV (uninitialized); 2=0 IV (uninitialized)");
    EXPECT_TRUE(bench.tags.has_unsaid());
    bench.room = 2;
    bench.tags.say_unsaid(bench.received);
    EXPECT_EQ(bench.said(), "3=0 IV (uninitialized); 4=0 IV (uninitialized)");
    bench.room = 2;
    bench.tags.say_unsaid(bench.received);
    EXPECT_EQ(bench.said(), "5=0 IV (uninitialized)");
    EXPECT_FALSE(bench.tags.has_unsaid());
    bench.tags.say_unsaid(bench.received);
    EXPECT_EQ(bench.said(), "");
}

TEST(MeterTags, SayTheNewestOfWhatThereWasNoRoomFor) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.apply();
    bench.said();
    bench.room = 0;
    bench.read(MeterVariable::power_active_total, 4);
    bench.now += 10s;
    bench.read(MeterVariable::power_active_total, 5);
    EXPECT_TRUE(bench.tags.has_unsaid());
    bench.room = 10;
    bench.now += 10s;
    bench.read(MeterVariable::power_active_total, 5);  // equal to what was not said: an event all the same
    EXPECT_EQ(bench.said(), "1=5");
    EXPECT_FALSE(bench.tags.has_unsaid());
    bench.room = 0;
    bench.now += 10s;
    bench.read(MeterVariable::power_active_total, 5);  // only a refreshment: nothing is missing
    EXPECT_FALSE(bench.tags.has_unsaid());
}

TEST(MeterTags, SayAStationAgainThatHasBecomeOurs) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.add(MeterVariable::power_active_total, 2).casdu = 2;
    bench.apply();
    bench.said();
    bench.tags.say_again(bench.received, 2);
    EXPECT_EQ(bench.said(), "2=0 IV (uninitialized)");
}

TEST(MeterTags, ForgetWhatWasNotSaidOfATagThatIsGone) {
    Bench bench;
    bench.add(MeterVariable::power_active_total, 1);
    bench.add(MeterVariable::power_active_total, 2);
    bench.room = 1;
    bench.apply();
    bench.config.tags.pop_back();
    bench.room = 10;
    bench.apply();
    EXPECT_FALSE(bench.tags.has_unsaid());
    bench.said();
    bench.tags.say_unsaid(bench.received);
    EXPECT_EQ(bench.said(), "");
}

}  // namespace
}  // namespace busbar::connector
