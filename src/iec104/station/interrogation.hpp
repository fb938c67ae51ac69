#pragma once

#include <array>
#include <optional>

#include "base/time.hpp"
#include "iec104/station/image_scan.hpp"
#include "iec104/station/process_image.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::iec104 {

/// Writes another common address into an ASDU.
void set_common_address(std::span<Octet> asdu, CommonAddress common_address, const AsduFormat& format);

/// One running interrogation, C_IC_NA_1 or C_CI_NA_1 (IEC 60870-5-101, 7.4.5, 7.4.8): activation_con, the objects from
/// the image, activation_term; for common address 65535 one station after the other. It is only asked when there is
/// room for another frame: the k window paces it, nothing queues.
class Interrogation {
public:
    /// `request` was accepted and begins with the station `first`. `confirmed`: that has its activation_con already.
    Interrogation(const iec60870::AsduView& request, const AsduFormat& format, const FrozenCounters& frozen,
                  bool time_tags, CommonAddress first, bool confirmed);

    /// Qualifiers that can be served: 20-36 for C_IC, reading of all counters or of a counter group for C_CI.
    static bool is_supported(TypeId type, Octet qualifier);

    bool is_same(TypeId type, Octet qualifier) const { return type == type_ && qualifier == qualifier_; }
    bool is_same(const Interrogation& other) const { return is_same(other.type_, other.qualifier_); }
    /// The station at work or, for all stations, still to come.
    bool covers(CommonAddress common_address) const;
    CommonAddress common_address() const { return scan_.common_address(); }

    enum class Step : std::uint8_t { built, waiting, finished };
    struct Result {
        Step step;
        Octets asdu;  // valid until the next call
    };
    /// The next ASDU; values updated later than `limit` wait. `refused`: another interrogation serves this station, it
    /// gets a negative activation_con (asked only when a station begins).
    Result next(const ProcessImage& image, Position limit, iec60870::AsduWriter& out, bool refused, TimePoint now);
    /// A station is about to begin: its activation_con is next.
    bool begins() const { return stage_ == Stage::confirmation; }
    /// The station is at work.
    bool serves(CommonAddress station) const { return stage_ == Stage::data && station == common_address(); }
    /// Ends the station at work without activation_term.
    void skip_station(const ProcessImage& image);
    /// Ends altogether.
    void stop() { stage_ = Stage::over; }
    bool is_over() const { return stage_ == Stage::over; }

    /// Since when nothing but events on their way holds the interrogation up.
    std::optional<TimePoint> waiting_since() const { return waiting_since_; }
    /// Leaves the objects that wait to their events; returns how many.
    std::size_t give_up_waiting();

private:
    enum class Stage : std::uint8_t { confirmation, data, over };

    Octets answer(Cause cause, bool negative);
    ScanSelection selection(bool time_tags) const;

    AsduFormat format_;
    const FrozenCounters* frozen_;
    std::array<Octet, 12> request_;  // with the common address of the station at work
    std::array<Octet, 12> answer_;
    std::uint8_t size_;
    TypeId type_;
    Octet qualifier_;
    bool test_, all_stations_, time_tags_;
    std::uint8_t originator_;
    Stage stage_;
    ImageScan scan_;
    std::optional<TimePoint> waiting_since_;
};

}  // namespace busbar::iec104
