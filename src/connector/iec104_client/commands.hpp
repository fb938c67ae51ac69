#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/client.hpp"
#include "connector/common/translate.hpp"
#include "connector/iec104_client/selections.hpp"
#include "iec104/station/command_dialogues.hpp"
#include "net/timer.hpp"
#include "point/command.hpp"
#include "store/commands.hpp"
#include "store/error_stream.hpp"

namespace busbar::connector {

/// Commands from the store to the station (rule 3): each is claimed before its frame leaves, and never sent again.
/// Reads from the end of the stream as it is when this begins, so never a backlog. In doubt nothing is sent.
class ClientCommands : store::StorePart {
public:
    struct Owner {
        /// Both leases - of the connector and of the station - are held at this very moment.
        std::function<bool(std::uint16_t casdu)> owns;
        /// Who claims: instance and epoch.
        std::function<std::string()> claimant;
        /// Leaves at once or not at all.
        std::function<bool(Octets asdu)> send;
        /// Why nothing can be sent; empty: it can.
        std::function<std::string()> trouble;
    };
    struct Counters {
        std::uint64_t taken = 0, sent = 0, confirmed = 0, refused = 0, unknown = 0, bad = 0, crowded = 0, repeated = 0;
    };

    ClientCommands(store::Store& store, store::ErrorStream& errors, std::string id, const config::ClientConfig& config,
                   const TimeZone& zone, Owner owner);
    /// What waits for a confirmation is unknown.
    ~ClientCommands() override;

    void configure(const config::ClientConfig& config, const TimeZone& zone);

    /// A mirrored ASDU came in I-frame `number` of connection `connection`.
    void answered(const iec60870::AsduView& answer, std::uint64_t number, std::uint64_t connection);
    /// Everything up to this frame is in the store: terminations may follow their return information.
    void kept(std::uint64_t number, std::uint64_t connection);
    void line_lost();

    const Counters& counters() const { return counters_; }

private:
    /// A command between the stream and the line.
    struct Work {
        store::StreamId entry;
        store::ImageAddress address;
        std::string source, id, data;
        TimePoint asked;  // before the store was asked for its time
        std::int64_t age_ms = -1;
        bool has_age = false;
    };
    /// A command whose frame left.
    struct Sent {
        store::ImageAddress address;
        std::string id;
        iec104::CommandPlace place;
        Selections::Claim claim;
    };
    struct Termination {
        std::uint64_t number, connection;
        store::ImageAddress address;
        std::string id, data;
    };

    void connected() override;
    void follow();
    void read_history();
    void history_read(const store::Reply& reply);
    bool is_repeat(const Work& work);
    /// The first entry of this command that is known.
    store::StreamId note(const std::string& command, store::StreamId entry);
    void begin(const std::shared_ptr<Work>& work);
    void take(store::StreamId id, store::EntryFields fields);
    void claim(const std::shared_ptr<Work>& work, Duration longest_age);
    void claim_answered(const Work& work, const store::Reply& reply);
    /// Sends it; the error says why not.
    Result<void> execute(const Work& work);
    std::string_view fault_of_age(const Work& work, const point::Command& command) const;
    Result<iec60870::AsduWriter> make_asdu(const point::Command& command, std::uint16_t casdu) const;
    void refuse(const Work& work, const std::string& why);
    void write_steps(const std::vector<iec104::CommandDialogues::Step>& steps);
    void set_timer();
    const config::Station* listed(std::uint16_t casdu) const;
    std::string result_json(point::CommandStage stage, std::uint8_t cause, bool negative, std::string_view why) const;

    static constexpr std::size_t most_claims = 256;
    /// As many as the stream keeps.
    static constexpr std::size_t most_known = 10'000;

    store::ErrorStream& errors_;
    std::string id_;
    config::ClientConfig config_;
    TimeZone zone_;
    Owner owner_;
    iec104::CommandDialogues dialogues_;
    std::map<iec104::CommandDialogues::Id, Sent> sent_;
    iec104::CommandDialogues::Id last_dialogue_ = 0;
    Selections selections_;
    std::deque<Termination> terminations_;
    store::CommandResults results_;
    net::Timer timer_;
    std::size_t claims_ = 0;  // under way
    /// Commands of the last entries of the stream, and the first entry of each: a later one is a repeat, also when its
    /// claim has expired.
    std::unordered_map<std::string, store::StreamId> known_;
    std::deque<std::string> known_order_;
    bool history_known_ = false;
    std::vector<std::shared_ptr<Work>> early_;  // came before the history was known
    Counters counters_;
    std::unique_ptr<store::StreamTail> tail_;
};

}  // namespace busbar::connector
