#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "iec104/station/command_words.hpp"

namespace busbar::iec104 {

/// The controlling station's commands on one line, from the frame that left to the last answer (IEC 60870-5-101, 6.8).
/// It sends nothing, and nothing is ever to be sent twice: what is not confirmed in time, or when the line is lost, is
/// unknown.
class CommandDialogues {
public:
    static constexpr std::size_t most = 1000;

    struct Limits {
        Duration confirmation = std::chrono::seconds{10};
        Duration termination = std::chrono::minutes{10};  // afterwards a termination belongs to nothing
    };
    using Id = std::uint64_t;

    enum class Stage : std::uint8_t { selected, confirmed, refused, cancelled, terminated, unknown };
    struct Step {
        Id id;
        Stage stage;
        std::uint8_t cause;  // of the answer; 0: none came
        bool negative;
        bool last;  // nothing follows for this id
        std::string_view reason;
    };

    explicit CommandDialogues(const iec60870::AsduFormat& format) : format_(format) {}
    CommandDialogues(const iec60870::AsduFormat& format, const Limits& limits) : format_(format), limits_(limits) {}
    void use_format(const iec60870::AsduFormat& format) { format_ = format; }

    /// An activation of this object waits for its confirmation.
    bool is_busy(const CommandPlace& place) const;
    bool is_full() const { return dialogues_.size() >= most; }
    /// `asdu` leaves now.
    void start(Id id, Octets asdu, TimePoint now);
    /// It did not leave after all.
    void forget(Id id);
    /// A mirrored ASDU. None: it answers nothing of ours. Two: a termination that came before the confirmation.
    std::vector<Step> answered(const iec60870::AsduView& answer, TimePoint now);
    std::vector<Step> on_deadline(TimePoint now);
    /// No answer will come any more.
    std::vector<Step> line_lost();
    std::optional<TimePoint> next_deadline() const;
    bool knows(Id id) const;
    std::size_t size() const { return dialogues_.size(); }

private:
    struct Dialogue {
        Id id;
        CommandPlace place;
        CommandIdentity what;
        bool select, cancel;
        bool confirmed;
        TimePoint until;
    };
    std::list<Dialogue>::iterator find(const iec60870::AsduView& answer);

    iec60870::AsduFormat format_;
    Limits limits_;
    std::list<Dialogue> dialogues_;  // in the order in which they were sent
};

}  // namespace busbar::iec104
