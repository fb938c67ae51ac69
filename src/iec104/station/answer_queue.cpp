#include "iec104/station/answer_queue.hpp"

#include "iec104/station/interrogation.hpp"

namespace busbar::iec104 {

bool AnswerQueue::add(Fifo<Answer>& queue, Answer answer) {
    if (octets_ + answer.asdu.size() > most_octets) return false;
    octets_ += answer.asdu.size();
    queue.push(std::move(answer));
    return true;
}

bool AnswerQueue::add(Octets asdu) {
    Answer answer;
    answer.asdu.assign(asdu.begin(), asdu.end());
    return add(answers_, std::move(answer));
}

bool AnswerQueue::add_for_all_stations(Octets asdu) {
    Answer answer;
    answer.asdu.assign(asdu.begin(), asdu.end());
    answer.all_stations = true;
    return add(answers_, std::move(answer));
}

bool AnswerQueue::add_after(Octets asdu, Position position) {
    Answer answer;
    answer.asdu.assign(asdu.begin(), asdu.end());
    answer.after = position;
    return add(terminations_, std::move(answer));
}

Octets AnswerQueue::take(const ProcessImage& image, Position sent, const AsduFormat& format) {
    while (!answers_.empty()) {
        Answer& first = answers_.front();
        if (first.all_stations && take_for_next_station(image, format)) return taken_;
        octets_ -= first.asdu.size();
        const bool alone = !first.all_stations;
        taken_ = std::move(first.asdu);
        answers_.pop();
        if (alone) return taken_;
    }
    if (terminations_.empty() || terminations_.front().after > sent) return {};
    octets_ -= terminations_.front().asdu.size();
    taken_ = std::move(terminations_.front().asdu);
    terminations_.pop();
    return taken_;
}

/// False: every station has answered.
bool AnswerQueue::take_for_next_station(const ProcessImage& image, const AsduFormat& format) {
    Answer& answer = answers_.front();
    const auto station = image.next_station(answer.answered);
    if (!station || *station > highest_station(format)) return false;
    answer.answered = *station;
    taken_ = answer.asdu;
    set_common_address(taken_, *station, format);
    return true;
}

}  // namespace busbar::iec104
