#include "connector/iec104_server/update_maker.hpp"

#include <fmt/format.h>

#include <utility>

#include "connector/common/not_topical.hpp"
#include "connector/common/protocol.hpp"
#include "iec104/station/command_words.hpp"

namespace busbar::connector {

using iec60870::Direction;
using iec60870::TypeDescription;

namespace {

/// Measured values, which a newer one makes worthless. Status events and counters are never left out.
constexpr bool is_measured(iec60870::TypeId type) {
    return (type >= 9 && type <= 14) || type == 21 || (type >= 34 && type <= 36);
}

}  // namespace

UpdateMaker::UpdateMaker(const config::ServerConfig& config, TimeZone zone, config::Mapping mapping)
    : format_(asdu_format(config.protocol)),
      policy_(config.cause == config::CauseForwarding::verbatim ? CausePolicy::verbatim : CausePolicy::standard),
      keep_time_tags_(config.interrogation_time_tags),
      zone_(std::move(zone)),
      exposure_(std::move(mapping)) {}

Result<void> UpdateMaker::make(std::uint16_t casdu, std::uint32_t ioa, std::string_view json, iec104::Position position,
                               UtcTime now, Purpose purpose, const Sink& sink, BacklogThinning* thinning) {
    const auto targets = exposure_.targets(casdu, ioa);
    if (targets.empty()) return {};
    auto point = point::read_json(json);
    if (!point) return tl::make_unexpected(std::move(point.error()));
    point->casdu = casdu;
    point->ioa = ioa;
    if (purpose == Purpose::source && point->quality.has(point::Flag::NT)) return {};
    if (sources_) {
        sources_->seen(point->source);
        const bool present = purpose == Purpose::image || purpose == Purpose::source;
        if (present && sources_->has_gone(point->source)) mark_not_topical(*point, now);
    }
    for (auto& target : targets) {
        if (auto made = make_one(target, *point, position, now, purpose, sink, thinning); !made) return made;
    }
    return {};
}

Result<void> UpdateMaker::make_one(Exposure::Target& target, point::Point point, iec104::Position position, UtcTime now,
                                   Purpose purpose, const Sink& sink, BacklogThinning* thinning) const {
    if (target.mapping) apply(*target.mapping, point);
    if (format_.private_size(point.type) != 0) return make_private(point, position, purpose, sink);
    const TypeDescription* type = iec60870::find_type(point.type);
    const bool parameter = iec104::is_parameter_value(point.type);  // answers interrogations, and is no event
    if (!type || (!parameter && (type->direction != Direction::monitor || point.type > 40))) {
        return fail(fmt::format("type {} is not process information", point.type));
    }
    if (auto carried = check_address(format_, point.casdu, point.ioa); !carried) return carried;
    const UtcTime fallback = point.received.value_or(now);
    const auto element = from_point(*type, point, fallback, zone_);
    if (!element) return tl::make_unexpected(element.error());

    const Outgoing out = outgoing(*type, point.cot, point.unchanged, policy_);
    iec104::ObjectUpdate update;
    update.common_address = point.casdu;
    update.ioa = point.ioa;
    update.type = point.type;
    update.element = element->view();
    update.cause = out.cause;
    update.test = point.test;
    update.position = position;
    update.image = purpose != Purpose::backlog && !point.test;
    update.event = purpose == Purpose::source || (purpose != Purpose::image && out.by_itself);
    if (purpose == Purpose::source) update.cause = iec60870::Cause::spontaneous;
    if (parameter) update.event = false;
    if (update.event && purpose == Purpose::live && within_deadband(target, point)) update.event = false;
    if (update.event && target.mapping && target.mapping->latest && is_measured(point.type)) {
        if (purpose == Purpose::live) target.newest_event = position;
        if (thinning && thinning->leaves_out(point.casdu, point.ioa, position, target.newest_event)) return {};
    }

    Result<EncodedElement> tagged;
    if (keep_time_tags_ && type->time_tag == iec60870::TimeTag::none && type->with_cp56 != 0) {
        const TypeDescription* with_tag = iec60870::find_type(type->with_cp56);
        tagged = from_point(*with_tag, point, fallback, zone_);
        if (tagged) update.time_tag = with_tag->time_tag_of(tagged->view());
    }
    sink(update);
    return {};
}

/// Goes on bit by bit, as an event and nothing else: who does not know a type cannot say what interrogates it.
Result<void> UpdateMaker::make_private(const point::Point& point, iec104::Position position, Purpose purpose,
                                       const Sink& sink) const {
    if (auto carried = check_address(format_, point.casdu, point.ioa); !carried) return carried;
    const unsigned size = format_.private_size(point.type);
    if (point.raw.size != size)
        return fail(fmt::format("raw: must be {} octets for private type {}", size, point.type));
    const Outgoing out = outgoing(iec60870::private_type(point.type), point.cot, point.unchanged, policy_);
    iec104::ObjectUpdate update;
    update.common_address = point.casdu;
    update.ioa = point.ioa;
    update.type = point.type;
    update.element = point.raw.view();
    update.cause = out.cause;
    update.test = point.test;
    update.position = position;
    update.image = false;
    update.event = out.by_itself && (purpose == Purpose::live || purpose == Purpose::backlog);
    sink(update);
    return {};
}

}  // namespace busbar::connector
