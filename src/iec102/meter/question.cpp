#include "iec102/meter/question.hpp"

#include <algorithm>
#include <array>

namespace busbar::iec102 {
namespace {

using enum AnswerForm;

// Causes as section 8 of the protocol reference has them: 5 where one ASDU answers, 6 for the rest.
constexpr std::array questions{
    QuestionRow{TypeId::start_session, TypeId::start_session, Cause::activation, mirrored, "start of session"},
    QuestionRow{TypeId::end_session, TypeId::end_session, Cause::activation, mirrored, "end of session"},
    QuestionRow{TypeId::read_instantaneous_values, TypeId::instantaneous_values, Cause::request, single,
                "instantaneous values"},
    QuestionRow{TypeId::read_time, TypeId::time, Cause::request, single, "time"},
    QuestionRow{TypeId::read_identification, TypeId::identification, Cause::request, single, "identification"},
    QuestionRow{TypeId::read_configuration, TypeId::configuration, Cause::request, single, "configuration"},
    QuestionRow{TypeId::read_register_configuration, TypeId::register_configuration, Cause::request, single,
                "register configuration"},
    QuestionRow{TypeId::read_totals, TypeId::totals, Cause::activation, several, "absolute totals"},
    QuestionRow{TypeId::read_increments, TypeId::increments, Cause::activation, several, "incremental totals"},
    QuestionRow{TypeId::read_total_blocks, TypeId::total_blocks, Cause::activation, several,
                "blocks of absolute totals"},
    QuestionRow{TypeId::read_increment_blocks, TypeId::increment_blocks, Cause::activation, several,
                "blocks of incremental totals"},
    QuestionRow{TypeId::read_current_tariff, TypeId::current_tariff, Cause::activation, several,
                "current tariff information"},
    QuestionRow{TypeId::read_stored_tariff, TypeId::stored_tariff, Cause::activation, several,
                "stored tariff information"},
    QuestionRow{TypeId::read_events, TypeId::events, Cause::activation, several, "events"},
};

template <Described... Elements>
Question question(TypeId asks, std::uint8_t count, std::uint8_t record, const Elements&... elements) {
    Question made{find_question(asks), count, record, {}};
    (append_element(elements, made.body), ...);
    return made;
}

Verdict judge_mirror(const Question& question, const AsduHeader& header, bool confirmed) {
    // A mirror that confirms nothing we asked for: the end of an older read, or a confirmation that came twice.
    const bool begins = header.cause == Cause::activation_con, ends = header.cause == Cause::activation_term;
    if (question.row->form == mirrored && begins) return Verdict::answered;
    if (question.row->form == several && begins && !confirmed) return Verdict::confirmed;
    if (question.row->form == several && ends && confirmed) return Verdict::finished;
    return Verdict::stale;
}

}  // namespace

const QuestionRow* find_question(TypeId asks) {
    const auto row =
        std::find_if(questions.begin(), questions.end(), [&](const auto& each) { return each.asks == asks; });
    return row == questions.end() ? nullptr : &*row;
}

std::span<const QuestionRow> all_questions() { return questions; }

OctetBuffer Question::asdu(std::uint16_t point_address) const {
    OctetBuffer octets = make_asdu(
        {.type = row->asks, .count = count, .cause = row->cause, .point_address = point_address, .record = record});
    octets.insert(octets.end(), body.begin(), body.end());
    return octets;
}

Question start_session(Password password) { return question(TypeId::start_session, 1, 0, Login{password}); }
Question end_session() { return question(TypeId::end_session, 0, 0); }

Question read_instantaneous_values(std::span<const Octet> objects) {
    Question made = question(TypeId::read_instantaneous_values, static_cast<std::uint8_t>(objects.size()), 0);
    made.body.assign(objects.begin(), objects.end());
    return made;
}

Question read_time() { return question(TypeId::read_time, 0, 0); }
Question read_identification() { return question(TypeId::read_identification, 0, 0); }
Question read_configuration() { return question(TypeId::read_configuration, 0, 0); }
Question read_ratios() { return question(TypeId::read_register_configuration, 1, 0, ObjectAddress{ratios_object}); }

Question read_totals(std::uint8_t record, const TotalRange& range) {
    return question(TypeId::read_totals, 1, record, range);
}
Question read_increments(std::uint8_t record, const TotalRange& range) {
    return question(TypeId::read_increments, 1, record, range);
}
Question read_total_blocks(std::uint8_t record, const BlockRange& range) {
    return question(TypeId::read_total_blocks, 1, record, range);
}
Question read_increment_blocks(std::uint8_t record, const BlockRange& range) {
    return question(TypeId::read_increment_blocks, 1, record, range);
}
Question read_current_tariff(std::uint8_t record) { return question(TypeId::read_current_tariff, 0, record); }
Question read_stored_tariff(std::uint8_t record, const TimeRange& range) {
    return question(TypeId::read_stored_tariff, 1, record, range);
}
Question read_events(std::uint8_t record, const TimeRange& range) {
    return question(TypeId::read_events, 0, record, range);
}

Verdict judge(const Question& question, const AsduView& asdu, std::uint16_t point_address, bool confirmed) {
    const AsduHeader& header = asdu.header;
    if (header.point_address != point_address) return Verdict::stale;
    const bool mirrors = header.type == question.row->asks;
    if (!mirrors && header.type != question.row->answers) return Verdict::stale;
    if (header.negative || is_refusal(header.cause)) return Verdict::refused;
    if (mirrors) return judge_mirror(question, header, confirmed);
    if (question.row->form == single) return Verdict::answered;
    return confirmed ? Verdict::data : Verdict::stale;
}

std::string refusal_text(const AsduHeader& header) {
    if (!is_refusal(header.cause)) return "refused (P/N)";
    return cause_text(header.cause) + " (cause " + std::to_string(static_cast<unsigned>(header.cause)) + ")";
}

}  // namespace busbar::iec102
