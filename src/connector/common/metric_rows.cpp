#include <array>

#include "connector/common/metrics.hpp"

namespace busbar::connector {

namespace {

using enum MetricRow::Kind;

constexpr std::string_view apdus = "APDUs of all lines, by direction and format";
constexpr std::string_view octets = "Octets of all lines";
constexpr std::string_view timers = "How often a timer of the link ran out";
constexpr std::string_view points =
    "Information objects: received, stored, refused by the store, of a station that "
    "another connector feeds, of a station that is not listed";
constexpr std::string_view commands = "Commands by what became of them; the guide's page about commands has the words";
constexpr std::string_view files =
    "Files by what became of them: fetched and sent by request (client connector), sent to, received from and deleted "
    "by control rooms (server connector), transfers that failed, files that the station announced";
constexpr std::string_view meter_frames = "Frames to meters: sent, answered, not answered in time";
constexpr std::string_view refused = "ASDUs and objects from control rooms that were mirrored as unknown, by reason";

// clang-format off
constexpr std::array rows{
    MetricRow{"since", "busbar_connector_state_since_timestamp_seconds", gauge, "When the state was entered", {}, {}, 0.001},
    MetricRow{"config_revision", "busbar_config_revision", gauge, "Revision of the configuration in force"},
    MetricRow{"mapping_revision", "busbar_mapping_revision", gauge, "Revision of the mapping in force"},

    MetricRow{"store_losses", "busbar_store_losses_total", counter, "How often the store went away"},
    MetricRow{"store_away_ms", "busbar_store_away_seconds_total", counter, "How long the store was away; an absence counts when it has ended", {}, {}, 0.001},

    MetricRow{"links_up", "busbar_link_up", gauge, "Lines that are connected: of a client connector to its station's addresses, of a server connector to control rooms"},
    MetricRow{"links_started", "busbar_started_dt", gauge, "Lines with data transfer started"},
    MetricRow{"unacknowledged", "busbar_unacked_frames", gauge, "I-frames sent and not acknowledged yet, of all lines"},
    MetricRow{"i_sent", "busbar_apdus_total", counter, apdus, {"dir", "sent"}, {"format", "I"}},
    MetricRow{"s_sent", "busbar_apdus_total", counter, apdus, {"dir", "sent"}, {"format", "S"}},
    MetricRow{"u_sent", "busbar_apdus_total", counter, apdus, {"dir", "sent"}, {"format", "U"}},
    MetricRow{"i_received", "busbar_apdus_total", counter, apdus, {"dir", "received"}, {"format", "I"}},
    MetricRow{"s_received", "busbar_apdus_total", counter, apdus, {"dir", "received"}, {"format", "S"}},
    MetricRow{"u_received", "busbar_apdus_total", counter, apdus, {"dir", "received"}, {"format", "U"}},
    MetricRow{"u_ignored", "busbar_apdus_ignored_total", counter, "U-frames that meant nothing in the state of the link"},
    MetricRow{"octets_sent", "busbar_bytes_total", counter, octets, {"dir", "sent"}},
    MetricRow{"octets_received", "busbar_bytes_total", counter, octets, {"dir", "received"}},
    MetricRow{"t1_expired", "busbar_timer_expired_total", counter, timers, {"timer", "t1"}},
    MetricRow{"t2_expired", "busbar_timer_expired_total", counter, timers, {"timer", "t2"}},
    MetricRow{"t3_expired", "busbar_timer_expired_total", counter, timers, {"timer", "t3"}},
    MetricRow{"connections_made", "busbar_connections_made_total", counter, "Connections made to the station"},
    MetricRow{"reconnects", "busbar_reconnects_total", counter, "Connections made to the station after the first"},
    MetricRow{"connections", "busbar_connections", gauge, "Control rooms connected"},
    MetricRow{"connections_refused", "busbar_connections_refused_total", counter, "Connections that were refused"},

    MetricRow{"asdus_damaged", "busbar_asdus_damaged_total", counter, "ASDUs whose octets made no sense"},
    MetricRow{"asdus_unknown_type", "busbar_asdus_unknown_type_total", counter, "ASDUs of a type that is not known"},
    MetricRow{"refused_type", "busbar_refused_total", counter, refused, {"reason", "type"}},
    MetricRow{"refused_cause", "busbar_refused_total", counter, refused, {"reason", "cause"}},
    MetricRow{"refused_common_address", "busbar_refused_total", counter, refused, {"reason", "common_address"}},
    MetricRow{"refused_ioa", "busbar_refused_total", counter, refused, {"reason", "ioa"}},
    MetricRow{"negative_confirmations", "busbar_negative_confirmations_total", counter, "Negative confirmations sent"},
    MetricRow{"interrogations", "busbar_interrogations_total", counter, "Interrogations completed"},
    MetricRow{"interrogation_objects", "busbar_interrogation_objects_total", counter, "Information objects sent in answer to interrogations"},
    MetricRow{"interrogation_late", "busbar_interrogation_late_total", counter, "Points left out of an interrogation because their events were still on their way"},
    MetricRow{"clock_offset_ms", "busbar_clock_offset_seconds", gauge, "How far a control room's time was ahead of this machine's clock, last time it sent its own", {}, {}, 0.001},

    MetricRow{"points", "busbar_points", gauge, "Points that control rooms can see"},
    MetricRow{"bad_points", "busbar_bad_points_total", counter, "Texts in image or stream that could not be sent"},
    MetricRow{"memory_octets", "busbar_image_bytes", gauge, "Memory of the projected image and of the ring of events"},
    MetricRow{"events", "busbar_events_total", counter, "Events handed to the groups of control rooms"},
    MetricRow{"gaps", "busbar_stream_gaps_total", counter, "Gaps in the updates stream"},
    MetricRow{"points_received", "busbar_points_total", counter, points, {"outcome", "received"}},
    MetricRow{"points_stored", "busbar_points_total", counter, points, {"outcome", "stored"}},
    MetricRow{"points_refused", "busbar_points_total", counter, points, {"outcome", "refused"}},
    MetricRow{"points_of_other_owner", "busbar_points_total", counter, points, {"outcome", "other_owner"}},
    MetricRow{"points_unlisted", "busbar_points_total", counter, points, {"outcome", "unlisted"}},
    MetricRow{"counter_gaps", "busbar_counter_gaps_total", counter, "Gaps in the sequence numbers of integrated totals"},

    MetricRow{"files_fetched", "busbar_files_total", counter, files, {"outcome", "fetched"}},
    MetricRow{"files_sent", "busbar_files_total", counter, files, {"outcome", "sent"}},
    MetricRow{"files_received", "busbar_files_total", counter, files, {"outcome", "received"}},
    MetricRow{"files_deleted", "busbar_files_total", counter, files, {"outcome", "deleted"}},
    MetricRow{"files_failed", "busbar_files_total", counter, files, {"outcome", "failed"}},
    MetricRow{"files_announced", "busbar_files_total", counter, files, {"outcome", "announced"}},

    MetricRow{"commands_given", "busbar_commands_total", counter, commands, {"outcome", "given"}},
    MetricRow{"commands_denied", "busbar_commands_total", counter, commands, {"outcome", "denied"}},
    MetricRow{"commands_taken", "busbar_commands_total", counter, commands, {"outcome", "taken"}},
    MetricRow{"commands_sent", "busbar_commands_total", counter, commands, {"outcome", "sent"}},
    MetricRow{"commands_confirmed", "busbar_commands_total", counter, commands, {"outcome", "confirmed"}},
    MetricRow{"commands_refused", "busbar_commands_total", counter, commands, {"outcome", "refused"}},
    MetricRow{"commands_unknown", "busbar_commands_total", counter, commands, {"outcome", "unknown"}},

    MetricRow{"devices", "busbar_meters", gauge, "Meters that are configured"},
    MetricRow{"devices_good", "busbar_meters_good", gauge, "Meters that answer"},
    MetricRow{"devices_demoted", "busbar_meters_demoted", gauge, "Meters that are off-scan because they did not answer"},
    MetricRow{"rounds_failed", "busbar_meter_rounds_failed_total", counter, "Rounds of timeouts and retries after which a meter had not answered"},
    MetricRow{"frames_sent", "busbar_meter_frames_total", counter, meter_frames, {"outcome", "sent"}},
    MetricRow{"frames_answered", "busbar_meter_frames_total", counter, meter_frames, {"outcome", "answered"}},
    MetricRow{"frames_unanswered", "busbar_meter_frames_total", counter, meter_frames, {"outcome", "unanswered"}},
    MetricRow{"bad_checksums", "busbar_meter_bad_checksums_total", counter, "Frames from meters whose checksum was wrong"},
    MetricRow{"octets_skipped", "busbar_meter_octets_skipped_total", counter, "Octets from lines to meters that belonged to no frame"},
    MetricRow{"tags", "busbar_tags", gauge, "Enabled tags"},
    MetricRow{"tags_bad", "busbar_tags_bad", gauge, "Enabled tags whose quality is bad"},
};
// clang-format on

}  // namespace

std::span<const MetricRow> metric_rows() { return rows; }

}  // namespace busbar::connector
