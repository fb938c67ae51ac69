#include "iec104/station/controlled_station.hpp"

#include "base/result.hpp"
#include "iec104/station/controlled_session_state.hpp"
#include "iec104/station/controlled_station_state.hpp"

namespace busbar::iec104 {

ControlledStation::ControlledStation(const ControlledStationConfig& config, TimePoint)
    : state_(std::make_unique<State>(config)) {}

ControlledStation::~ControlledStation() { require(state_->sessions.empty(), "sessions do not outlive their station"); }

void ControlledStation::configure(const ControlledStationConfig& config) {
    const bool other_format = config.format != state_->config.format;
    const std::size_t ring_octets = state_->config.ring_octets;
    state_->config = config;
    state_->config.ring_octets = ring_octets;
    for (auto& [id, group] : state_->groups) group->set_reach(config.reach_octets);
    if (!other_format) return;
    for (ControlledSession::State* session : std::vector(state_->sessions))
        session->close("other sizes of ASDU fields");
    state_->events->packer.flush();
    auto events = std::make_unique<State::Events>(state_->config, state_->events->packer.last());
    for (auto& [id, group] : state_->groups) group->use(events->ring);
    state_->events = std::move(events);
    state_->writer = iec60870::AsduWriter(config.format);
}

// --- the image ----------------------------------------------------------------------------------------------------

void ControlledStation::set_stations(std::span<const CommonAddress> stations) { state_->image.set_stations(stations); }

void ControlledStation::set_attributes(CommonAddress common_address, Ioa ioa, const ObjectAttributes& attributes) {
    if (common_address == 0 || common_address == iec60870::all_stations || ioa == 0) return;
    ImageObject& object = state_->image.at(common_address, ioa);
    object.groups = attributes.groups;
    object.counter_group = attributes.counter_group & 7;
    object.double_transmission = attributes.double_transmission;
    const bool periodic = attributes.cyclic.count() > 0 || attributes.background.count() > 0;
    if (periodic || object.periodic)
        state_->periodic.set({common_address, ioa}, attributes.cyclic, attributes.background);
    object.periodic = periodic;
}

bool ControlledStation::update(const ObjectUpdate& update, TimePoint) {
    const auto* type = sendable_type(update, state_->config.format);
    if (type == nullptr) return false;
    const ImageObject* object = update.image ? &state_->image.store(update, *type) : nullptr;
    if (!update.event) {
        state_->events->packer.advance(update.position);
        return true;
    }
    if (object == nullptr) object = state_->image.find(update.common_address, update.ioa);
    state_->events->packer.add(update, *type, object != nullptr && object->double_transmission);
    ++state_->counters.events;
    return true;
}

void ControlledStation::set_image_as_new_as(Position position) { state_->image.set_as_new_as(position); }

void ControlledStation::flush(TimePoint) { state_->events->packer.flush(); }

void ControlledStation::remove(CommonAddress common_address, Ioa ioa) {
    state_->image.erase(common_address, ioa);
    state_->frozen.erase(common_address, ioa);
    state_->periodic.erase({common_address, ioa});
}

void ControlledStation::clear() {
    state_->image.clear();
    state_->periodic.clear();
}

void ControlledStation::set_file(const FileAddress& file, std::uint32_t length, const FileTable::Time& time) {
    state_->files.set(file, length, time);
}

void ControlledStation::remove_file(const FileAddress& file) { state_->files.erase(file); }
void ControlledStation::clear_files() { state_->files.clear(); }

std::size_t ControlledStation::object_count() const { return state_->image.value_count(); }
std::size_t ControlledStation::memory() const { return state_->image.memory() + state_->events->ring.capacity(); }

// --- counters -----------------------------------------------------------------------------------------------------

void ControlledStation::freeze_counters(CommonAddress common_address, std::uint8_t group, Octets time_tag,
                                        const FrozenCounters::Visit& visit) {
    state_->frozen.freeze(state_->image, common_address, group, time_tag, visit);
}

// --- groups -------------------------------------------------------------------------------------------------------

ControlledStation::GroupId ControlledStation::open_group(std::string name, Position after) {
    state_->events->packer.flush();
    const GroupId id = state_->next_group++;
    auto group =
        std::make_unique<RedundancyGroup>(std::move(name), state_->events->ring, after, state_->config.reach_octets);
    group->announced_files = state_->files.last_announcement();
    state_->groups.emplace(id, std::move(group));
    return id;
}

void ControlledStation::close_group(GroupId group) {
    for (ControlledSession::State* session : state_->sessions) {
        if (session->group_id() == group) session->close("the group was removed");
    }
    state_->groups.erase(group);
}

void ControlledStation::advance(Position position) { state_->events->packer.advance(position); }

std::optional<ControlledStation::BacklogRequest> ControlledStation::take_backlog_request() {
    for (auto& [id, group] : state_->groups) {
        if (const auto after = group->take_backlog_request()) return BacklogRequest{id, *after};
    }
    return std::nullopt;
}

std::size_t ControlledStation::feed(const BacklogRequest& request, std::span<const ObjectUpdate> updates,
                                    Position up_to, TimePoint) {
    const auto found = state_->groups.find(request.group);
    if (found == state_->groups.end()) return 0;
    state_->events->packer.flush();
    return found->second->feed(request.after, updates, up_to, state_->image, state_->config.format,
                               state_->config.backlog_octets);
}

void ControlledStation::repair(GroupId group, Position after, TimePoint) {
    const auto found = state_->groups.find(group);
    if (found == state_->groups.end()) return;
    state_->events->packer.flush();
    found->second->repair(after);
}

void ControlledStation::drop_events(GroupId group) {
    state_->events->packer.flush();
    const auto found = state_->groups.find(group);
    if (found != state_->groups.end()) found->second->drop_events();
}

void ControlledStation::restarted(std::uint8_t cause_of_initialization) {
    state_->cause_of_initialization = cause_of_initialization;
    for (auto& [id, group] : state_->groups) group->knows_of_start = false;
}

Position ControlledStation::acknowledged(GroupId group) const {
    const auto found = state_->groups.find(group);
    return found == state_->groups.end() ? Position{} : found->second->acknowledged();
}

Position ControlledStation::sent(GroupId group) const {
    const auto found = state_->groups.find(group);
    return found == state_->groups.end() ? Position{} : found->second->position();
}

// --- connections --------------------------------------------------------------------------------------------------

std::unique_ptr<ControlledSession> ControlledStation::connect(GroupId group, TimePoint now) {
    const auto found = state_->groups.find(group);
    require(found != state_->groups.end(), "a connection belongs to an open group");
    return std::unique_ptr<ControlledSession>(
        new ControlledSession(std::make_unique<ControlledSession::State>(*state_, group, *found->second, now)));
}

std::optional<TimePoint> ControlledStation::next_deadline() const { return state_->periodic.next_deadline(); }
void ControlledStation::on_deadline(TimePoint now) { state_->periodic.on_deadline(now); }
const ControlledStationCounters& ControlledStation::counters() const { return state_->counters; }

}  // namespace busbar::iec104
