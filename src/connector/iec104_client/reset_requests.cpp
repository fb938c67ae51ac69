#include "connector/iec104_client/reset_requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "connector/common/request_data.hpp"

namespace busbar::connector {

using iec60870::Cause;

namespace {

constexpr iec60870::TypeId reset_process = 105;

}  // namespace

void ResetRequests::request(std::string_view data, const config::ClientConfig& config,
                            const ClientCommands::Owner& owner, Reply reply) {
    const auto object = RequestData::parse(data);
    if (!object) return reply(tl::make_unexpected(object.error()));
    const auto casdu = object->number("casdu", 1, 65534, -1);
    const auto qualifier = object->number("qrp", 1, 255, 1);
    if (!casdu) return reply(tl::make_unexpected(casdu.error()));
    if (!qualifier) return reply(tl::make_unexpected(qualifier.error()));
    const auto station =
        std::ranges::find(config.stations, static_cast<std::uint16_t>(*casdu), &config::Station::casdu);
    if (station == config.stations.end()) return reply(fail("casdu: is not in the list of stations"));
    if (const auto trouble = owner.trouble(); !trouble.empty()) return reply(fail(trouble));
    if (!owner.owns(station->casdu)) return reply(fail("casdu: the station is not this connector's at present"));
    reset(station->remote_address(), static_cast<std::uint8_t>(*qualifier), config.protocol.originator, owner.send,
          std::move(reply));
}

void ResetRequests::reset(iec60870::CommonAddress station, std::uint8_t qualifier, std::uint8_t originator,
                          const std::function<bool(Octets asdu)>& send, Reply reply) {
    if (reply_) return reply(fail("another reset waits for its confirmation"));
    iec60870::AsduHeader header;
    header.type = reset_process;
    header.cause = Cause::activation;
    header.originator = originator;
    header.common_address = station;
    iec60870::AsduWriter writer(format_);
    writer.start(header);
    const Octet element[] = {qualifier};
    writer.add(0, element);
    if (!send(writer.octets()))
        return reply(fail("data transfer with the station is not started, or its window is full"));
    station_ = station;
    qualifier_ = qualifier;
    reply_ = std::move(reply);
    limit_.after(confirmation_limit, [this] { end(fail("unknown: the station did not confirm in time")); });
}

void ResetRequests::answered(const iec60870::AsduView& answer) {
    const auto& header = answer.header();
    const bool ours = reply_ && header.type == reset_process && answer.size() == 1 &&
                      header.common_address == station_ && answer[0].element[0] == qualifier_;
    if (!ours) return;
    const auto cause = static_cast<unsigned>(header.cause);
    const bool confirmed = header.cause == Cause::activation_con && !header.negative;
    end(confirmed ? Result<std::string>(R"({"confirmed":true})")
                  : fail(fmt::format("refused by the station (cause {})", cause)));
}

void ResetRequests::end(const Result<std::string>& what) {
    limit_.cancel();
    if (const auto reply = std::exchange(reply_, nullptr)) reply(what);
}

}  // namespace busbar::connector
