#pragma once

#include <optional>
#include <vector>

#include "iec104/station/answer_queue.hpp"
#include "iec104/station/controlled_station_state.hpp"
#include "iec104/station/interrogation.hpp"

namespace busbar::iec104 {

/// One connection of a control room: its dialogue, and what of the station's data it sends next.
class ControlledSession::State final : public Carrier {
public:
    State(ControlledStation::State& station, ControlledStation::GroupId id, RedundancyGroup& group, TimePoint now);
    ~State();

    std::optional<Event> take_event(TimePoint now);
    void on_deadline(TimePoint now);
    std::optional<TimePoint> next_deadline() const;
    void fill_window(TimePoint now);
    bool send(Octets asdu);
    void hold_events(bool hold) { events_held_ = hold; }
    void overtaken() override;
    /// The group or the format is gone.
    void close(std::string reason);

    ControlledStation::GroupId group_id() const { return id_; }
    Link& link() { return link_; }
    ControlledFiles* files() { return files_ ? &*files_ : nullptr; }

private:
    /// C_RD_NA_1 that was accepted.
    struct Read {
        CommonAddress common_address;
        Ioa ioa;
        std::uint8_t originator;
        bool test;
        std::optional<TimePoint> waiting_since;
    };

    // What the link reports (controlled_session.cpp)
    std::optional<Event> handle(const Link::TransferStarted&, TimePoint now);
    std::optional<Event> handle(const Link::TransferStopped&, TimePoint now);
    std::optional<Event> handle(const Link::AsduAcknowledged& acknowledged, TimePoint now);
    std::optional<Event> handle(const Link::Closed& closed, TimePoint now);
    void end_transfer();

    // Requests (controlled_session_requests.cpp)
    std::optional<Event> handle(const Link::AsduReceived& received, TimePoint now);
    void close_for_damage(const Error& error, Octets asdu);
    void answer(Octets asdu, bool to_all_stations);
    void refuse(Octets asdu, Cause cause);
    void confirm(const iec60870::AsduView& request, Cause cause, bool negative);
    std::optional<Event> serve(const iec60870::AsduView& request, TimePoint now);
    void serve_interrogation(const iec60870::AsduView& request);
    std::optional<Event> serve_freeze(const iec60870::AsduView& request);
    void stop_interrogation(const iec60870::AsduView& request);
    void serve_read(const iec60870::AsduView& request);
    std::optional<Event> serve_clock(const iec60870::AsduView& request);
    void serve_files(const iec60870::AsduView& request, TimePoint now);

    // What goes out next; false: nothing there (controlled_session.cpp)
    bool send_end_of_initialization(TimePoint now);
    Position image_limit() const;
    bool send_answer(TimePoint now);
    bool send_event(TimePoint now);
    bool send_read(TimePoint now);
    bool send_interrogation(TimePoint now);
    bool send_periodic(TimePoint now);
    bool send_file(TimePoint now);
    void put(Octets asdu, TimePoint now);

    ControlledStation::State& station_;
    ControlledStation::GroupId id_;
    RedundancyGroup* group_;  // nullptr: closed
    AsduFormat format_;
    Link link_;

    AnswerQueue answers_;
    Fifo<Read> reads_;
    std::vector<Interrogation> interrogations_;
    std::size_t next_interrogation_ = 0;  // whose turn it is
    unsigned events_in_a_row_ = 0;
    bool events_held_ = false;
    PeriodicTransmission periodic_;
    std::optional<ControlledFiles> files_;
    std::optional<Closed> closed_;
    std::optional<std::uint64_t> announcement_number_;    // of the last announcement's I-frame
    std::optional<CommonAddress> initialized_;            // M_EI_NA_1 was sent for the stations up to here
    std::optional<std::uint64_t> initialization_number_;  // of the last M_EI_NA_1's I-frame
};

}  // namespace busbar::iec104
