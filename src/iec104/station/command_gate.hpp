#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "iec104/station/command_words.hpp"

namespace busbar::iec104 {

/// An object that may be commanded.
struct CommandObject {
    enum class Select : std::uint8_t { direct, select, both };
    /// 45-51: commands may come with or without time tag, as the gate's rules say; 110-113.
    iec60870::TypeId type = 0;
    Select select = Select::both;
};

struct CommandRules {
    enum class TimeTag : std::uint8_t { either, required, refused };
    TimeTag time_tag = TimeTag::either;
    Duration max_age = std::chrono::seconds{5};  // greatest distance of a time tag from now, either way
    Duration select_timeout = std::chrono::seconds{10};
};

/// The controlled station's judgement of commands (IEC 60870-5-101, 6.8): what may pass to the process, and what
/// selections there are. It executes nothing: the owner passes on what may pass, and says what became of it.
class CommandGate {
public:
    /// One connection of a control room.
    using Asker = std::uint64_t;

    /// What the owner's calendar makes of a time tag.
    struct TagReading {
        bool usable = false;  // not IV, a time that exists, and summer time where there is summer time
        Duration age{};       // negative: in the future
    };
    struct Refusal {
        iec60870::Cause cause;  // of the mirrored ASDU, with P/N = 1
        std::string_view reason;
    };
    /// A selection that ended without execute or cancel: whoever executes should hear of it.
    struct Dropped {
        Asker asker;
        OctetBuffer selection;  // the ASDU that selected
    };

    explicit CommandGate(const CommandRules& rules = {}) : rules_(rules) {}
    void configure(const CommandRules& rules) { rules_ = rules; }

    /// Judges a command (types 45-51, 58-64, 110-113; cause activation or deactivation). `object` nullptr: cannot be
    /// commanded. Nothing: it may pass, and its object is busy until `confirmed` or `ended` is called for it.
    std::optional<Refusal> judge(Asker asker, const iec60870::AsduView& command, const CommandObject* object,
                                 const TagReading& tag, TimePoint now);
    /// A command that was let pass was confirmed positively: a selection holds from now on.
    void confirmed(Asker asker, const iec60870::AsduView& command, TimePoint now);
    /// It was refused, or nobody knows what became of it.
    void ended(const iec60870::AsduView& command);
    /// The connection has gone.
    void left(Asker asker);

    /// Selections whose time is over ends here.
    void on_deadline(TimePoint now);
    std::optional<TimePoint> next_deadline() const;
    /// To be drained after every call.
    std::vector<Dropped> take_dropped() { return std::exchange(dropped_, {}); }
    std::size_t selections() const { return selections_.size(); }

private:
    struct Selection {
        Asker asker;
        CommandIdentity what;
        OctetBuffer asdu;
        TimePoint until;
    };
    std::optional<Refusal> judge_activation(Asker asker, const iec60870::AsduView& command, const CommandObject& object,
                                            const TagReading& tag);
    std::optional<Refusal> judge_parameter(const iec60870::AsduView& parameter);
    std::string_view fault_of_contents(const iec60870::AsduView& command, const TagReading& tag) const;
    std::string_view use_selection(Asker asker, const iec60870::AsduView& command, const CommandObject& object);
    void drop(std::map<CommandPlace, Selection>::iterator selection);

    CommandRules rules_;
    std::map<CommandPlace, Selection> selections_;
    std::set<CommandPlace> busy_;
    std::vector<Dropped> dropped_;
};

}  // namespace busbar::iec104
