#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "files/file_client.hpp"
#include "iec104/station/controlling_session.hpp"
#include "net/session.hpp"
#include "sim/scada/command_follower.hpp"
#include "sim/scada/screen.hpp"
#include "sim/wire/journal.hpp"

namespace busbar::sim {

struct ScadaConfig {
    iec104::ControllingConfig session;
    std::string files;                  // folder of files that are fetched and sent; empty: none
    std::vector<std::string> requests;  // done once, when data transfer has been started for the first time
};

/// A simulated control room with one line: interrogates, writes down every object, gives commands. A frame is
/// acknowledged only when what it says has been written to the journal's files. No sockets: connections are made by
/// whoever owns it.
class Scada {
public:
    /// `screen` may be null. `changed` is called after each input: counts may have been reached.
    Scada(
        const ScadaConfig& config, Journal& journal, Screen* screen, std::function<void()> changed = [] {});
    ~Scada();

    /// The session of a connection that has just been made; one at a time. `wake`: it may have output.
    std::unique_ptr<net::Session> connect(std::string peer, std::function<void()> wake, TimePoint now);

    /// What a person types: "command 45 1 6001 on select", "interrogate [CASDU [QOI]]", "counters [CASDU [QCC]]",
    /// "read CASDU IOA", "clock [CASDU]", "test [CASDU]", "start", "stop". CASDU is 65535 (all) if it is missing.
    /// "directory CASDU", "fetch CASDU IOA [FILE [NAME]]", "send CASDU IOA FILE NAME".
    /// The error says what is wrong with it.
    Result<void> request(std::string_view line, TimePoint now);

    /// STOPDT, and the connection closes when that is confirmed; at once if data transfer is not running.
    void stop(TimePoint now);

    /// Writes down what happens to connections: "connect_failed".
    void tell(std::string_view what, std::string_view peer, std::string_view reason);
    /// Does a request and writes down if it cannot be done.
    void try_request(std::string_view line, TimePoint now);

    std::uint64_t objects() const { return objects_; }
    bool is_connected() const { return session_ != nullptr; }
    bool was_started() const { return was_started_; }

private:
    class Session;
    Result<void> send(const std::vector<std::string_view>& words, TimePoint now);
    Result<void> order_file(const std::vector<std::string_view>& words);
    void handle_file(const iec104::FileEvent& event);
    void tell_file(const files::FileClient::Ended& ended);
    void directory_received(const iec104::DirectoryReceived& directory);
    Result<void> give_command(std::string_view words, TimePoint now);
    bool send_step(const CommandFollower::Step& step, TimePoint now);
    void show(std::string_view sentence);

    ScadaConfig config_;
    Journal& journal_;
    Screen* screen_;
    files::FileClient files_;
    std::function<void()> changed_;
    Session* session_ = nullptr;
    std::uint64_t objects_ = 0;
    bool was_started_ = false;
};

}  // namespace busbar::sim
