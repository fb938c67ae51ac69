#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "iec102/meter/visit.hpp"

/// What can be asked of a meter, and what answers it (one row each): the dialogues of the REE profile.
namespace busbar::iec102 {

/// How an answer is given.
enum class AnswerForm : std::uint8_t {
    mirrored,  // the request itself, cause 7
    single,    // one ASDU
    several,   // the request mirrored with cause 7, then ASDUs, then the request with cause 10
};

struct QuestionRow {
    TypeId asks, answers;
    Cause cause;
    AnswerForm form;
    std::string_view label;
};

/// The row of a type that asks; null if it does not ask.
const QuestionRow* find_question(TypeId asks);
std::span<const QuestionRow> all_questions();

/// A question to one measuring point; the point address is the device's.
struct Question {
    const QuestionRow* row;
    std::uint8_t count = 0;   // N
    std::uint8_t record = 0;  // record address
    OctetBuffer body;

    OctetBuffer asdu(std::uint16_t point_address) const;
};

Question start_session(Password password);
Question end_session();
/// `objects`: any of 192, 193, 194.
Question read_instantaneous_values(std::span<const Octet> objects);
Question read_time();
Question read_identification();
Question read_configuration();
Question read_ratios();
/// `record` 11 hourly, 12 quarter-hourly, 21 daily.
Question read_totals(std::uint8_t record, const TotalRange& range);
Question read_increments(std::uint8_t record, const TotalRange& range);
Question read_total_blocks(std::uint8_t record, const BlockRange& range);
Question read_increment_blocks(std::uint8_t record, const BlockRange& range);
/// `record` 134, 135, 136: contract I, II, III.
Question read_current_tariff(std::uint8_t record);
Question read_stored_tariff(std::uint8_t record, const TimeRange& range);
/// `record` 52 to 55, 128 to 133.
Question read_events(std::uint8_t record, const TimeRange& range);

/// What an ASDU says to a question that waits for its answer.
enum class Verdict : std::uint8_t {
    confirmed,  // the data of several ASDUs follows
    data,       // one of several
    answered,   // the one ASDU that was due
    finished,   // the last of several was before it
    refused,    // see `refusal_text`
    stale,      // answers something else: an interrupted read, perhaps
};
/// `confirmed`: an ASDU that began several ones has come already.
Verdict judge(const Question& question, const AsduView& asdu, std::uint16_t point_address, bool confirmed);
/// "requested ASDU type not available (cause 14)", "refused (P/N)".
std::string refusal_text(const AsduHeader& header);

}  // namespace busbar::iec102
