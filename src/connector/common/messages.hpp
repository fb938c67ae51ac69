#pragma once

#include "connector/common/message.hpp"

/// The catalogue of everything a connector says in its log. docs/guide/log-messages.md is made from it.
namespace busbar::connector::messages {

namespace level = spdlog::level;

// --- life of a connector
inline constexpr Message starting{"starting", level::info, "busbar {} starts as '{}' ({}), store {}", ""};
inline constexpr Message stopping{"stopping", level::info, "Stopping: {}", ""};
inline constexpr Message stopped{"stopped", level::info, "Stopped", ""};
inline constexpr Message standby{
    "standby", level::info, "'{}' is active elsewhere ({}); standing by",
    "Normal for the second of two processes with one id. It takes over within seconds when the first one goes."};
inline constexpr Message lease_taken{"lease_taken", level::info, "This process is the active one for '{}'", ""};
inline constexpr Message lease_lost{
    "lease_lost", level::err, "The lease of '{}' is lost: {}; all lines are closed",
    "Another process of the same id has taken over, or the store could not be reached in time."};
inline constexpr Message requested{"requested", level::info, "Request {}: {}", ""};
inline constexpr Message metrics_failed{
    "metrics_failed", level::err, "The metrics file {} cannot be written: {}",
    "Told once; everything else goes on, and it is tried again every 2 s. Look at the directory: it must be there, and "
    "this user must be allowed to write in it."};

// --- configuration
inline constexpr Message config_refused{"config_refused", level::err,
                                        "The {} in the store is refused, the previous one stays in force: {}",
                                        "Correct the member that is named; the next valid one is taken at once."};
inline constexpr Message config_warning{"config_warning", level::warn, "{} in the store: {}",
                                        "The member has no effect; usually it is misspelt."};
inline constexpr Message config_applied{"config_applied", level::info, "Applied {} (revision {}){}", ""};
inline constexpr Message config_absent{"config_absent", level::info,
                                       "No configuration in the store: flags, environment and file are in force", ""};
inline constexpr Message reloaded{"reloaded", level::info, "Read flags, environment and file again", ""};
inline constexpr Message reload_failed{
    "reload_failed", level::err, "The configuration was not read again: {}",
    "What was in force stays so. Correct the flag, variable or member that is named and send SIGHUP again."};

// --- store
inline constexpr Message store_up{"store_up", level::info, "The store answers: {}", ""};
inline constexpr Message store_down{
    "store_down", level::err, "The store is away: {}",
    "Nothing is acknowledged to RTUs until it is back, so they keep their events. Look at the store's own log."};
inline constexpr Message point_refused{
    "point_refused", level::warn, "casdu {} ioa {}: {}",
    "This one point could not be used; the error stream has its data. Everything else goes on."};

inline constexpr Message retention_refused{
    "retention_refused", level::err, "process:updates:retention is refused: {}; the stream is not trimmed",
    "Correct the member that is named; the next valid text is taken within a second."};
inline constexpr Message retention_held{
    "retention_held", level::warn, "The updates stream is not trimmed past required consumer {}",
    "It does not read, so its events are kept. When the stream is full RTUs are no longer acknowledged. Bring the "
    "consumer back, or take it off `required`."};
inline constexpr Message stream_full{
    "stream_full", level::err, "The updates stream has reached its retention limit; nothing is acknowledged to {}",
    "A required consumer does not read. The RTU keeps its events until there is room again."};
inline constexpr Message stream_has_room{"stream_has_room", level::info, "The updates stream has room again", ""};

// --- lines
inline constexpr Message line_up{"line_up", level::info, "Connected to {}", ""};
inline constexpr Message line_lost{"line_lost", level::warn, "The line to {} is lost: {}",
                                   "It is tried again by itself. Look at the peer, the network and the timers t1, t3."};
inline constexpr Message line_refused{
    "line_refused", level::warn, "No connection to {}: {}; trying again",
    "Told once for each reason. Look at address and port, at the RTU, and at firewalls in between."};
inline constexpr Message standby_line_up{"standby_line_up", level::info, "Connected to {}, which stands by", ""};
inline constexpr Message standby_line_lost{
    "standby_line_lost", level::warn, "The connection to {} that stood by is lost: {}",
    "Data goes on over the other address, but there is one less to fall back on. It is tried again by itself."};
inline constexpr Message switched_over{"switched_over", level::info, "{} stands by from now on: switched over", ""};
inline constexpr Message transfer_started{"transfer_started", level::info, "Data transfer with {} started", ""};
inline constexpr Message transfer_stopped{"transfer_stopped", level::info, "Data transfer with {} stopped", ""};
inline constexpr Message interrogated{"interrogated", level::info, "Station {}: interrogation {} complete", ""};
inline constexpr Message interrogation_failed{
    "interrogation_failed", level::warn, "Station {}: interrogation {} failed: {}",
    "It is repeated after a while. Check that the station's common address is right."};
inline constexpr Message asdu_rejected{"asdu_rejected", level::warn, "From {}: {} ({} so far)",
                                       "The octets are in the error stream."};
inline constexpr Message unlisted_station{"unlisted_station", level::warn,
                                          "Common address {} is not in the list of stations; its values are not taken",
                                          "Add it to `stations`, or leave the list empty to take all."};
inline constexpr Message owner_elsewhere{
    "owner_elsewhere", level::err, "Station {} is fed by connector '{}'; nothing of it is written here",
    "Only one client connector may feed a station. Remove it from one of the two."};
inline constexpr Message not_topical{
    "not_topical", level::warn, "{} points of the lost line are marked not topical",
    "The next interrogation clears the marks. `not_topical_after` says when they are set."};

// --- meters
inline constexpr Message meter_answers{"meter_answers", level::info, "Meter {} answers", ""};
inline constexpr Message meter_fails{"meter_fails", level::warn, "Meter {} does not answer as it should: {}",
                                     "Its tags are bad until it does. Look at the link address, the port settings, the "
                                     "cable, and whether another program "
                                     "reads the meter through its other port."};
inline constexpr Message meter_demoted{"meter_demoted", level::warn, "Meter {} is taken off-scan: {}",
                                       "It is tried again after the delay of its auto-demotion; the other meters on "
                                       "the line are not held up meanwhile. The "
                                       "request end_demotion tries it at once."};
inline constexpr Message meter_login_refused{
    "meter_login_refused", level::err, "Meter {}: {}",
    "Most probably the password or the point address is wrong. It is tried again no sooner than after the delay of "
    "auto-demotion, because a meter may lock itself."};
inline constexpr Message meter_object_refused{
    "meter_object_refused", level::warn, "Meter {} does not give object {}: {}",
    "192 is energies, 193 powers, 194 voltages and currents. Their tags are bad; it is asked again once a minute. Old "
    "meters have no instantaneous values (cause 14)."};
inline constexpr Message gateway_taken{"gateway_taken", level::info, "Channel {}: port {} gives the line to {}", ""};
inline constexpr Message gateway_left{"gateway_left", level::info, "Channel {}: port {} has the line back: {}", ""};
inline constexpr Message gateway_failed{
    "gateway_failed", level::err, "Channel {}: a gateway does not listen: {}",
    "Its port is used by another program, or the address of the interface is not one of this machine."};
inline constexpr Message gateway_lock_limit{
    "gateway_lock_limit", level::warn, "Channel {}: a gateway's client has the line for longer than tags stay good",
    "Its tags are bad (out of service) until the client has left. The request close_gateway disconnects it."};

// --- commands
inline constexpr Message command_given{"command_given", level::info, "Command {} from {}: {}, type {}, casdu {} ioa {}",
                                       ""};
inline constexpr Message command_denied{"command_denied", level::warn,
                                        "A command of {} (type {}, casdu {} ioa {}) is refused: {}",
                                        "It was not passed on. See the guide's page about commands."};
inline constexpr Message command_sent{"command_sent", level::info, "Command {} of {} is sent: type {}, casdu {} ioa {}",
                                      ""};
inline constexpr Message command_refused{"command_refused", level::warn, "Command {} is refused: {}",
                                         "Nothing was sent."};
inline constexpr Message command_result{"command_result", level::info, "Command {}: {} {}", ""};
inline constexpr Message command_not_claimed{
    "command_not_claimed", level::err, "Command {} is not sent, because its claim was not answered well: {}",
    "The store was lost or refused to write; whoever asked hears nothing and takes the outcome for unknown."};
inline constexpr Message commands_not_followed{
    "commands_not_followed", level::warn, "A stream of commands is not followed: {}",
    "It is tried again by itself; commands given meanwhile are refused or too late. Look at the store's own log."};

// --- files
inline constexpr Message file_listed{"file_listed", level::info, "File '{}' is casdu {} ioa {}, file {}, {} octets",
                                     ""};
inline constexpr Message file_left_out{"file_left_out", level::warn, "In {}, not offered to control rooms: {}",
                                       "Only plain files with printable names up to `files.max_size` are offered, at "
                                       "most `files.max_files`. Told once for "
                                       "each name."};
inline constexpr Message file_folder{"file_folder", level::err, "The folder of files cannot be read: {}",
                                     "Until it can be, the files last seen stay in the directory."};
inline constexpr Message file_folder_back{"file_folder_back", level::info, "The folder of files {} can be read again",
                                          ""};
inline constexpr Message file_sent{"file_sent", level::info, "File '{}' (casdu {} ioa {}, file {}) was sent to {}", ""};
inline constexpr Message file_received{"file_received", level::info,
                                       "File '{}' (casdu {} ioa {}, file {}) came from {} and is stored", ""};
inline constexpr Message file_failed{"file_failed", level::warn,
                                     "The transfer of file '{}' (casdu {} ioa {}, file {}) with {} failed: {}",
                                     "Nothing of it was stored. It can be fetched or sent again at once."};
inline constexpr Message file_announced{"file_announced", level::info,
                                        "Station {} announces casdu {} ioa {}, file {}, {} octets of {}", ""};
inline constexpr Message directory_read{"directory_read", level::info, "Station {}: directory of {} files is complete",
                                        ""};
inline constexpr Message directory_failed{"directory_failed", level::warn, "Station {}: no directory: {}",
                                          "The station may have no file transfer; its interoperability list says so."};

// --- TLS
inline constexpr Message tls_certificate{"tls_certificate", level::info,
                                         "TLS: certificate '{}' of {} is in force, it runs out on {}", ""};
inline constexpr Message tls_files{
    "tls_files", level::err, "The files of network.tls cannot be used: {}; {}",
    "Put the file right that is named. It is looked at every few seconds; nothing need be restarted."};
inline constexpr Message tls_expiry{
    "tls_expiry", level::warn, "TLS: {}",
    "Told 30 days before, and once a day. Put a new file in its place; new connections take it within seconds."};
inline constexpr Message tls_peer{"tls_peer", level::info, "TLS with {}: '{}', {}, {}{}", ""};
inline constexpr Message tls_refused{
    "tls_refused", level::warn, "The TLS handshake with {} failed: {} ({} since the last such line)",
    "Told once for each reason and address, and again after an hour. The guide to TLS has what each reason means."};
inline constexpr Message tls_version_changed{
    "tls_version_changed", level::warn, "{} ('{}') spoke {} last time and speaks {} now",
    "Normal after a change at the peer. Otherwise somebody may have forced the older version: set `min_version`."};

// --- server
inline constexpr Message listening{"listening", level::info, "Listening on {}:{}", ""};
inline constexpr Message cannot_listen{
    "cannot_listen", level::err, "Cannot listen on {}:{}: {}",
    "Another program has the port, or the address is not this machine's. It is tried again."};
inline constexpr Message peer_connected{"peer_connected", level::info, "{} connected (group {})", ""};
inline constexpr Message peer_left{"peer_left", level::info, "{} left: {}", ""};
inline constexpr Message peer_refused{"peer_refused", level::warn, "{} refused: {} ({} since the last such line)",
                                      "See `allowed_clients` and `max_connections`."};
inline constexpr Message clock_offset{
    "clock_offset", level::info, "{} sent its time: {} ms ahead of this machine's clock",
    "The clock is left alone: keep it right by NTP. A great offset means that one of the two is wrong."};
inline constexpr Message counters_frozen{"counters_frozen", level::info,
                                         "{} froze the counters of station {} (65535: of all)", ""};
inline constexpr Message process_reset{"process_reset", level::warn,
                                       "{} resets the process: all connections are closed",
                                       "Option `reset_process` permits it. No event is lost by it."};
inline constexpr Message image_loaded{"image_loaded", level::info, "{} points loaded from the image in {} ms", ""};
inline constexpr Message gap{
    "gap", level::err, "Group {}: events may be missing after {}: {}; what may have changed is sent from the image",
    "The stream was trimmed, deleted, restored or replaced. Raise the stream's length if a control room was away for "
    "long."};
inline constexpr Message stream_gap{
    "stream_gap", level::err, "The updates stream may have lost entries after {}: {}; the image is read anew",
    "It was trimmed faster than it was read, deleted, restored, or the store was restarted."};
inline constexpr Message source_gone{"source_gone", level::warn,
                                     "Connector '{}' is stopped or has no heartbeat: its points go out as not topical",
                                     "Look at that connector. Its next interrogation clears the marks."};
inline constexpr Message source_back{"source_back", level::info, "Connector '{}' is back", ""};
inline constexpr Message image_watch{"image_watch", level::info, "SETs of other programs: {}", ""};
inline constexpr Message bad_point{"bad_point", level::warn, "casdu {} ioa {} cannot be sent: {}",
                                   "The error stream has the text. Every other point goes on."};

}  // namespace busbar::connector::messages
