#include "point/command.hpp"

#include <gtest/gtest.h>

namespace busbar::point {
namespace {

using namespace std::chrono_literals;

std::string error_of(std::string_view json) {
    const auto command = read_command(json);
    return command ? "good" : command.error().what;
}

TEST(Command, IsAPointAndWhoWantsIt) {
    Command command;
    command.point.casdu = 1;
    command.point.ioa = 60001;
    command.point.type = 45;
    command.point.value = true;
    command.point.cot = 6;
    command.point.select = true;
    command.point.qualifier = 2;
    command.point.oa = 7;
    command.point.source = "srv";
    command.peer = "10.0.0.1:2404";
    command.session = "12:3";
    command.issued = UtcTime{1'795'251'600'123ms};
    command.expires = *command.issued + 5s;
    const auto json = to_json(command);
    EXPECT_EQ(json, R"({"casdu":1,"ioa":60001,"type":45,"value":true,"cot":6,"source":"srv","oa":7,"qualifier":2,)"
                    R"("select":true,"peer":"10.0.0.1:2404","session":"12:3","issued":"2026-11-21T09:00:00.123Z",)"
                    R"("expires":"2026-11-21T09:00:05.123Z"})");
    const auto read = read_command(json);
    ASSERT_TRUE(read);
    EXPECT_EQ(to_json(*read), json);
}

TEST(Command, CancelIsAMemberOfItsOwn) {
    const auto read = read_command(R"({"type":45,"value":false,"cancel":true})");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->cancel);
    EXPECT_TRUE(to_json(*read).ends_with(R"("cancel":true})"));
}

TEST(Command, NeedsOnlyTypeAndValue) {
    const auto read = read_command(R"({"type":45,"value":1,"session":null,"more":[{}]})");
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->cancel || read->issued || read->expires);
    EXPECT_EQ(read->session, "");
}

TEST(Command, SaysWhatIsWrong) {
    EXPECT_EQ(error_of(""), "JSON ends too early");
    EXPECT_EQ(error_of(R"({"type":45})"), "value is missing");
    EXPECT_EQ(error_of(R"({"type":45,"value":1,"cancel":"yes"})"), "cancel: must be true or false");
    EXPECT_EQ(error_of(R"({"type":45,"value":1,"session":5})"), "session: must be a text");
    EXPECT_EQ(error_of(R"({"type":45,"value":1,"expires":"soon"})"),
              "expires: is not a time as in 2026-11-21T09:00:00.123Z");
    EXPECT_NE(error_of(R"({"type":45,"value":1,"issued":"2026-11-21T09:00:00Z")"), "good");
}

TEST(CommandResult, IsReadAsItIsWritten) {
    CommandResult result;
    result.stage = CommandStage::refused;
    result.cause = 47;
    result.negative = true;
    result.by = "rtu-1";
    result.time = UtcTime{1'795'251'600'123ms};
    result.reason = "the station does not know the object";
    const auto json = to_json(result);
    EXPECT_EQ(json, R"({"stage":"refused","cause":47,"negative":true,"by":"rtu-1","time":"2026-11-21T09:00:00.123Z",)"
                    R"("reason":"the station does not know the object"})");
    const auto read = read_command_result(json);
    ASSERT_TRUE(read);
    EXPECT_EQ(to_json(*read), json);
    for (const auto name : command_stage_names) {
        const auto stage = read_command_result(R"({"stage":")" + std::string(name) + "\"}");
        ASSERT_TRUE(stage) << name;
        EXPECT_EQ(to_string(stage->stage), name);
    }
}

TEST(CommandResult, SaysWhatIsWrong) {
    const auto error = [](std::string_view json) {
        const auto result = read_command_result(json);
        return result ? "good" : result.error().what;
    };
    EXPECT_EQ(error("{}"), "stage is missing");
    EXPECT_EQ(error(R"({"stage":"done"})"), "stage: is no stage of a command");
    EXPECT_EQ(error(R"({"stage":"refused","cause":64})"), "cause: is not a cause from 0 to 63");
    EXPECT_EQ(error(R"({"stage":"refused","cause":-1})"), "cause: must be a number");
    EXPECT_NE(error(R"({"stage":"refused"} x)"), "good");
    EXPECT_NE(error("not json"), "good");
}

}  // namespace
}  // namespace busbar::point
