#include "sim/meter/meter_fault.hpp"

#include "meter_bench.hpp"

namespace busbar::sim::test {
namespace {

using testing::EndsWith;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* request_energies = "68 0A 0A 68 73 01 00 A2 01 05 01 00 00 C0 DD 16";
constexpr const char* next_request_energies = "68 0A 0A 68 53 01 00 A2 01 05 01 00 00 C0 BD 16";
constexpr const char* status = "10 49 01 00 4A 16";
constexpr const char* link_is_there = "10 0B 01 00 0C 16";
constexpr const char* poll_0 = "10 5B 01 00 5C 16";
constexpr const char* poll_1 = "10 7B 01 00 7C 16";

TEST(MeterFault, IsReadFromItsName) {
    const auto plain = parse_meter_fault("silence");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->kind, MeterFaultKind::silence);
    EXPECT_EQ(plain->step, "any");
    EXPECT_EQ(plain->when, MeterFault::When::every);
    EXPECT_EQ(plain->number, 1u);
    EXPECT_EQ(parse_meter_fault("noise@values-poll")->step, "values-poll");
    EXPECT_EQ(parse_meter_fault("cut:3")->number, 3u);
    EXPECT_EQ(parse_meter_fault("cut:10%")->when, MeterFault::When::percent);
    EXPECT_EQ(plain->link_address, std::nullopt);
    EXPECT_EQ(parse_meter_fault("deaf/65535")->link_address, 65535);
    const auto all = parse_meter_fault("slow=5@login/7:first-2");
    ASSERT_TRUE(all);
    EXPECT_EQ(all->milliseconds, 5u);
    EXPECT_EQ(all->step, "login");
    EXPECT_EQ(all->link_address, 7);
    EXPECT_EQ(all->when, MeterFault::When::first);
    EXPECT_EQ(all->number, 2u);
}

TEST(MeterFault, IsNamedWhenItIsNoFault) {
    const auto why = [](std::string_view text) { return parse_meter_fault(text).error().what; };
    EXPECT_EQ(why("fast"), "there is no fault \"fast\"");
    EXPECT_EQ(why(""), "there is no fault \"\"");
    EXPECT_EQ(why("cut@nowhere"), "there is no step \"nowhere\"");
    EXPECT_EQ(why("cut@status-poll"), "there is no step \"status-poll\"");
    EXPECT_EQ(why("cut:0"), "\"0\" must be N (every N-th), N% or first-N");
    EXPECT_EQ(why("cut:101%"), "\"101%\" must be N (every N-th), N% or first-N");
    EXPECT_EQ(why("cut:first-"), "\"first-\" must be N (every N-th), N% or first-N");
    EXPECT_EQ(why("cut/65536"), "\"65536\" must be a link address");
    EXPECT_EQ(why("cut/"), "\"\" must be a link address");
    EXPECT_EQ(why("cut/2@login"), "\"2@login\" must be a link address");
    EXPECT_EQ(why("cut=5"), "cut has no milliseconds");
    EXPECT_EQ(why("slow=0"), "\"0\" must be 1-600000 milliseconds");
    EXPECT_EQ(why("slow=600001"), "\"600001\" must be 1-600000 milliseconds");
}

TEST(MeterFault, HasANameForEveryKind) {
    for (std::size_t kind = 0; kind < meter_fault_kinds; ++kind)
        EXPECT_EQ(parse_meter_fault(all_meter_faults()[kind].name)->kind, static_cast<MeterFaultKind>(kind));
}

TEST(MeterFault, StrikesTheStepItNames) {
    const auto struck = [](std::string_view word, const MeterStep& step) {
        return MeterFaults({*parse_meter_fault("cut@" + std::string(word))}, 1).strike(step).any();
    };
    EXPECT_TRUE(struck("any", {"status"}));
    EXPECT_TRUE(struck("values", {"values"}));
    EXPECT_FALSE(struck("values", {"values", true}));
    EXPECT_TRUE(struck("values-poll", {"values", true}));
    EXPECT_FALSE(struck("values-poll", {"login", true}));
    EXPECT_TRUE(struck("poll", {"login", true}));
    EXPECT_FALSE(struck("poll", {"login"}));
    EXPECT_TRUE(struck("request", {"login"}));
}

TEST(MeterFault, StrikesTheMeterItNames) {
    MeterFaults faults({*parse_meter_fault("cut@login/2:first-1")}, 1);
    EXPECT_FALSE(faults.strike({"login", false, 1}).any());
    EXPECT_FALSE(faults.strike({"status", false, 2}).any());
    EXPECT_TRUE(faults.strike({"login", false, 2}).any());
    EXPECT_FALSE(faults.strike({"login", false, 2}).any());
}

TEST(MeterFault, StrikesWhenItIsTold) {
    const auto pattern = [](std::string_view text, std::uint32_t seed) {
        MeterFaults faults({*parse_meter_fault(text)}, seed);
        std::string struck;
        for (int i = 0; i < 10; ++i) struck += faults.strike({"status"}).any() ? 'x' : '.';
        return struck;
    };
    EXPECT_EQ(pattern("cut", 1), "xxxxxxxxxx");
    EXPECT_EQ(pattern("cut:3", 1), "..x..x..x.");
    EXPECT_EQ(pattern("cut:first-2", 1), "xx........");
    EXPECT_EQ(pattern("cut:100%", 1), "xxxxxxxxxx");
    const std::string chance = pattern("cut:50%", 1);
    EXPECT_NE(chance.find('x'), std::string::npos);
    EXPECT_NE(chance.find('.'), std::string::npos);
    EXPECT_EQ(pattern("cut:50%", 1), chance);
    EXPECT_NE(pattern("cut:50%", 2) + pattern("cut:50%", 3), chance + chance);
}

TEST(MeterFault, OnePercentIsNoMore) {
    MeterFaults faults({*parse_meter_fault("cut:1%")}, 1);
    int struck = 0;
    for (int i = 0; i < 10'000; ++i) struck += faults.strike({"status"}).any();
    EXPECT_NEAR(struck, 100, 50);
}

TEST(MeterFault, DeafIsAsIfTheRequestHadNotCome) {
    MeterBench bench("deaf@values:first-1");
    bench.log_in();
    EXPECT_EQ(bench.ask(request_energies), "");
    EXPECT_EQ(bench.line().counters().requests, 1u);  // the login
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
    EXPECT_EQ(bench.line().counters().repeats, 0u);
}

TEST(MeterFault, SilenceLosesTheAnswerOnly) {
    MeterBench bench("silence@values:first-1");
    bench.log_in();
    EXPECT_EQ(bench.ask(request_energies), "");
    EXPECT_EQ(bench.line().counters().requests, 2u);
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
    EXPECT_EQ(bench.line().counters().repeats, 1u);
}

TEST(MeterFault, PutsOctetsBeforeTheAnswer) {
    EXPECT_EQ(MeterBench("ff").ask(status), "FF FF FF 10 0B 01 00 0C 16");
    EXPECT_EQ(MeterBench("echo").ask(status), std::string(status) + " " + link_is_there);
    const std::string noisy = MeterBench("noise").ask(status);
    EXPECT_THAT(noisy, EndsWith(link_is_there));
    EXPECT_GT(noisy.size(), std::string(link_is_there).size());
}

TEST(MeterFault, DamagesTheAnswer) {
    EXPECT_EQ(MeterBench("checksum").ask(status), "10 0B 01 00 0D 16");
    EXPECT_EQ(MeterBench("cut").ask(status), "10 0B 01");
    EXPECT_EQ(MeterBench("wrong-address").ask(status), "10 0B 02 00 0D 16");
}

TEST(MeterFault, BusyTakesNoRequestsAndSaysSo) {
    MeterBench bench("busy@values:first-1");
    bench.log_in();
    EXPECT_EQ(bench.ask(request_energies), "10 11 01 00 12 16");
    EXPECT_EQ(bench.ask(next_request_energies), MeterBench::ack);
    EXPECT_EQ(MeterBench("busy").ask(status), "10 1B 01 00 1C 16");
}

TEST(MeterFault, NackAndNoDataAreAnswersOfTheLink) {
    MeterBench nack("nack@values:first-1");
    nack.log_in();
    EXPECT_EQ(nack.ask(request_energies), MeterBench::nack);
    EXPECT_EQ(nack.ask(next_request_energies), MeterBench::ack);
    MeterBench late("no-data@values-poll:first-2");
    late.log_in();
    EXPECT_EQ(late.ask(request_energies), MeterBench::ack);
    EXPECT_EQ(late.ask(poll_0), MeterBench::no_data);
    EXPECT_EQ(late.ask(poll_1), MeterBench::no_data);
    EXPECT_THAT(late.ask(poll_0), StartsWith("68 27 27 68 08 01 00 A3 01 "));
}

TEST(MeterFault, StaleGivesAnEarlierAnswerFirst) {
    MeterBench bench("stale@values-poll:first-1");
    bench.log_in();
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
    EXPECT_THAT(bench.ask(poll_0), StartsWith("68 0D 0D 68 08 01 00 B7 01 07 "));
    EXPECT_THAT(bench.ask(poll_1), StartsWith("68 27 27 68 08 01 00 A3 01 "));
}

TEST(MeterFault, RefusesLoginsAndRequests) {
    MeterBench login("refuse-login");
    login.start();
    EXPECT_EQ(login.ask("68 0D 0D 68 73 01 00 B7 01 06 01 00 00 01 00 00 00 34 16"), MeterBench::ack);
    EXPECT_EQ(login.ask(poll_0), "68 0D 0D 68 08 01 00 B7 01 47 01 00 00 01 00 00 00 0A 16");
    EXPECT_EQ(login.ask("68 0A 0A 68 73 01 00 A2 01 05 01 00 00 C0 DD 16"), MeterBench::nack);
    MeterBench request("refuse@values");
    request.log_in();
    EXPECT_EQ(request.ask(request_energies), MeterBench::ack);
    EXPECT_THAT(request.ask(poll_0), StartsWith("68 0A 0A 68 08 01 00 A2 01 0E 01 00 00 C0 "));
}

TEST(MeterFault, LosesTheSession) {
    MeterBench bench("lose-session@values:2");
    bench.log_in();
    EXPECT_EQ(bench.ask(request_energies), MeterBench::ack);
    EXPECT_EQ(bench.ask(next_request_energies), MeterBench::nack);
}

TEST(MeterFault, SlowSendsOctetByOctet) {
    MeterBench bench("slow=10");
    EXPECT_EQ(bench.ask(status), "10");
    bench.advance(9ms);
    EXPECT_EQ(bench.gathered(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.gathered(), "0B");
    bench.advance(40ms);
    EXPECT_EQ(bench.gathered(), "01 00 0C 16");
}

TEST(MeterFault, LateSendsLater) {
    MeterBench bench("late=5000");
    EXPECT_EQ(bench.ask(status), "");
    bench.advance(4999ms);
    EXPECT_EQ(bench.gathered(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.gathered(), link_is_there);
}

TEST(MeterFault, LateHoldsUpNoOtherMeter) {
    MeterLineConfig config = MeterBench::with_fault("late=5000/1");
    config.meters.resize(2);
    config.meters[0].link_address = 1;
    config.meters[1].link_address = 2;
    MeterBench bench(config);
    EXPECT_EQ(bench.ask(status), "");
    EXPECT_EQ(bench.ask("10 49 02 00 4B 16"), "10 0B 02 00 0D 16");
    bench.advance(5000ms);
    EXPECT_EQ(bench.gathered(), link_is_there);
}

TEST(MeterFault, ComesAndGoesByOrder) {
    MeterBench bench;
    EXPECT_TRUE(bench.line().order("fault cut@status/2"));
    EXPECT_TRUE(bench.line().order("fault silence@status:first-1"));
    EXPECT_EQ(bench.ask(status), "");
    EXPECT_EQ(bench.ask(status), link_is_there);
    EXPECT_TRUE(bench.line().order("fault checksum"));
    EXPECT_EQ(bench.ask(status), "10 0B 01 00 0D 16");
    EXPECT_TRUE(bench.line().order("no-faults"));
    EXPECT_EQ(bench.ask(status), link_is_there);
    EXPECT_EQ(bench.line().order("fault cut@nowhere").error().what, "there is no step \"nowhere\"");
    EXPECT_EQ(bench.line().order("faults").error().what, "\"faults\" is no order");
    EXPECT_EQ(bench.ask(status), link_is_there);
}

TEST(MeterFault, CloseEndsTheConnectionInsteadOfAnAnswer) {
    MeterBench bench("close@values");
    bench.log_in();
    EXPECT_EQ(bench.session().closed(), std::nullopt);
    EXPECT_EQ(bench.ask(request_energies), "");
    EXPECT_EQ(bench.session().closed(), "fault: close");
    bench.reconnect();
    EXPECT_EQ(bench.session().closed(), std::nullopt);
    EXPECT_THAT(bench.violations(), IsEmpty());
}

}  // namespace
}  // namespace busbar::sim::test
