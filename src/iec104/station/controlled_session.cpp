#include <algorithm>
#include <utility>

#include "base/result.hpp"
#include "iec104/station/controlled_session_state.hpp"

namespace busbar::iec104 {

namespace {

/// The shortest ASDU is one that has a header alone.
LinkConfig link_config(const ControlledStationConfig& config) {
    LinkConfig link = config.link;
    link.shortest_asdu = static_cast<std::uint8_t>(config.format.header_size());
    return link;
}

constexpr TypeId end_of_initialization = 70;
constexpr TypeId last_process_type = 40;
/// A running interrogation gets on even while events never stop.
constexpr unsigned events_per_interrogation_frame = 4;

}  // namespace

// --- the public face ----------------------------------------------------------------------------------------------

ControlledSession::ControlledSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
ControlledSession::~ControlledSession() = default;

void ControlledSession::receive(Octets octets, TimePoint now) { state_->link().receive(octets, now); }
void ControlledSession::on_deadline(TimePoint now) { state_->on_deadline(now); }
std::optional<ControlledSession::Event> ControlledSession::take_event(TimePoint now) { return state_->take_event(now); }

void ControlledSession::take_output(OctetBuffer& into, TimePoint now) {
    state_->fill_window(now);
    state_->link().take_output(into);
}

std::optional<TimePoint> ControlledSession::next_deadline() const { return state_->next_deadline(); }
bool ControlledSession::send(Octets asdu, TimePoint) { return state_->send(asdu); }
void ControlledSession::hold_events(bool hold) { state_->hold_events(hold); }
void ControlledSession::close(std::string reason) { state_->link().close(std::move(reason)); }
ControlledStation::GroupId ControlledSession::group() const { return state_->group_id(); }
ControlledFiles* ControlledSession::files() { return state_->files(); }
const Link& ControlledSession::link() const { return state_->link(); }

// --- life ---------------------------------------------------------------------------------------------------------

ControlledSession::State::State(ControlledStation::State& station, ControlledStation::GroupId id,
                                RedundancyGroup& group, TimePoint now)
    : station_(station),
      id_(id),
      group_(&group),
      format_(station.config.format),
      link_(Role::controlled, link_config(station.config), now) {
    if (station.config.files) files_.emplace(station.files, *station.config.files);
    station_.sessions.push_back(this);
}

ControlledSession::State::~State() {
    end_transfer();
    std::erase(station_.sessions, this);
}

void ControlledSession::State::overtaken() {
    link_.close("another connection of group '" + group_->name() + "' was started");
    end_transfer();
}

void ControlledSession::State::close(std::string reason) {
    link_.close(std::move(reason));
    end_transfer();
    group_ = nullptr;
}

/// Requests end with the transfer; answers that are ready stay for the next start.
void ControlledSession::State::end_transfer() {
    if (group_ != nullptr) group_->stop(*this);
    interrogations_.clear();
    reads_.clear();
    initialized_.reset();
    initialization_number_.reset();
    if (files_) files_->forget("data transfer has ended");
    announcement_number_.reset();
}

// --- what the link reports ----------------------------------------------------------------------------------------

std::optional<ControlledSession::Event> ControlledSession::State::take_event(TimePoint now) {
    while (true) {
        if (files_) {
            if (auto event = files_->take_event()) return std::move(*event);
        }
        if (closed_) return *std::exchange(closed_, std::nullopt);
        const auto event = link_.take_event(now);
        if (!event) return std::nullopt;
        auto reported = std::visit([&](const auto& what) { return handle(what, now); }, *event);
        if (reported) return reported;
    }
}

std::optional<ControlledSession::Event> ControlledSession::State::handle(const Link::TransferStarted&, TimePoint) {
    if (group_ == nullptr || link_.state() != TransferState::started) return std::nullopt;
    group_->start(*this);
    if (files_) files_->start(group_->announced_files);
    periodic_.start(station_.periodic);
    events_in_a_row_ = 0;
    events_held_ = false;
    if (station_.config.end_of_initialization && !group_->knows_of_start) initialized_ = 0;
    return TransferStarted{};
}

std::optional<ControlledSession::Event> ControlledSession::State::handle(const Link::TransferStopped&, TimePoint) {
    end_transfer();
    return TransferStopped{};
}

std::optional<ControlledSession::Event> ControlledSession::State::handle(const Link::AsduAcknowledged& acknowledged,
                                                                         TimePoint) {
    if (group_ == nullptr || !group_->is_carried_by(*this)) return std::nullopt;
    group_->acknowledge(acknowledged.up_to);
    if (initialization_number_ && *initialization_number_ <= acknowledged.up_to) group_->knows_of_start = true;
    if (announcement_number_ && *announcement_number_ <= acknowledged.up_to)
        group_->announced_files = files_->announced();
    return std::nullopt;
}

std::optional<ControlledSession::Event> ControlledSession::State::handle(const Link::Closed& closed, TimePoint) {
    end_transfer();
    closed_ = Closed{closed.reason};  // said last
    return std::nullopt;
}

// --- time ---------------------------------------------------------------------------------------------------------

void ControlledSession::State::on_deadline(TimePoint now) {
    link_.on_deadline(now);
    if (files_) files_->on_deadline(now);
    const auto over = [&](const std::optional<TimePoint>& since) {
        return since && *since + station_.config.interrogation_wait <= now;
    };
    for (Interrogation& interrogation : interrogations_) {
        if (over(interrogation.waiting_since()))
            station_.counters.interrogation_late += interrogation.give_up_waiting();
    }
    if (!reads_.empty() && over(reads_.front().waiting_since)) {
        reads_.pop();
        ++station_.counters.interrogation_late;
    }
}

std::optional<TimePoint> ControlledSession::State::next_deadline() const {
    auto earliest = link_.next_deadline();
    if (const auto files = files_ ? files_->next_deadline() : std::nullopt; earliest && files)
        earliest = std::min(*earliest, *files);
    const auto consider = [&](const std::optional<TimePoint>& since) {
        if (earliest && since) earliest = std::min(*earliest, TimePoint(*since + station_.config.interrogation_wait));
    };
    for (const Interrogation& interrogation : interrogations_) consider(interrogation.waiting_since());
    if (!reads_.empty()) consider(reads_.front().waiting_since);
    return earliest;
}

// --- what goes out next -------------------------------------------------------------------------------------------

/// Order and priority (10.13 of the protocol reference). Nothing queues behind the window: values are as they are now.
void ControlledSession::State::fill_window(TimePoint now) {
    if (group_ == nullptr || !group_->is_carried_by(*this)) return;
    while (link_.can_send()) {
        if (send_end_of_initialization(now) || send_answer(now)) continue;
        const bool turn_of_others = events_in_a_row_ >= events_per_interrogation_frame;
        if (turn_of_others && (send_read(now) || send_interrogation(now))) continue;
        if (send_event(now)) continue;
        if (send_read(now) || send_interrogation(now) || send_periodic(now) || send_file(now)) continue;
        break;
    }
}

void ControlledSession::State::put(Octets asdu, TimePoint now) {
    require(link_.send(asdu, now), "the window was open");
}

bool ControlledSession::State::send_end_of_initialization(TimePoint now) {
    if (!initialized_) return false;
    const auto station = station_.image.next_station(*initialized_);
    initialized_ = station;
    if (!station || *station > highest_station(format_)) {
        initialized_.reset();
        return false;
    }
    const std::array<Octet, 1> coi{station_.cause_of_initialization};
    iec60870::AsduHeader header;
    header.type = end_of_initialization;
    header.cause = Cause::initialised;
    header.common_address = *station;
    station_.writer.start(header);
    station_.writer.add(0, coi);
    put(station_.writer.octets(), now);
    initialization_number_ = link_.sent_count();
    return true;
}

/// Objects updated later are not sent yet: their events come first.
Position ControlledSession::State::image_limit() const {
    const Position sent = group_->position();
    return sent < station_.image.as_new_as() ? Position{} : sent;
}

bool ControlledSession::State::send_answer(TimePoint now) {
    if (answers_.empty()) return false;
    const Octets answer = answers_.take(station_.image, group_->position(), format_);
    if (answer.empty()) return false;
    put(answer, now);
    return true;
}

bool ControlledSession::State::send_event(TimePoint now) {
    if (events_held_) return false;
    const Octets event = group_->take_event(link_.sent_count() + 1, station_.image, format_, station_.writer);
    if (event.empty()) return false;
    put(event, now);
    ++events_in_a_row_;
    return true;
}

bool ControlledSession::State::send_read(TimePoint now) {
    while (!reads_.empty()) {
        Read& read = reads_.front();
        const ImageObject* object = station_.image.find(read.common_address, read.ioa);
        const auto* type = object == nullptr ? nullptr : iec60870::find_type(object->base_type);
        if (type == nullptr) {  // removed meanwhile
            reads_.pop();
            continue;
        }
        if (object->position > image_limit()) {
            if (!read.waiting_since) read.waiting_since = now;
            return false;
        }
        iec60870::AsduHeader header;
        header.type = type->id;
        header.cause = Cause::request;
        header.test = read.test;
        header.originator = read.originator;
        header.common_address = read.common_address;
        station_.writer.start(header);
        station_.writer.add(read.ioa, Octets(object->octets).first(type->size));
        put(station_.writer.octets(), now);
        reads_.pop();
        events_in_a_row_ = 0;
        return true;
    }
    return false;
}

/// One frame of one interrogation; they take turns.
bool ControlledSession::State::send_interrogation(TimePoint now) {
    for (std::size_t tried = 0; tried < interrogations_.size(); ++tried) {
        next_interrogation_ = (next_interrogation_ + 1) % interrogations_.size();
        Interrogation& interrogation = interrogations_[next_interrogation_];
        const bool begins = interrogation.begins();
        const bool refused =
            begins && std::any_of(interrogations_.begin(), interrogations_.end(), [&](const auto& other) {
                return other.is_same(interrogation) && other.serves(interrogation.common_address());
            });
        const auto result = interrogation.next(station_.image, image_limit(), station_.writer, refused, now);
        if (result.step != Interrogation::Step::built) continue;
        if (begins) ++(refused ? station_.counters.negative_confirmations : station_.counters.interrogations);
        if (result.asdu[0] <= last_process_type) station_.counters.interrogation_objects += result.asdu[1] & 0x7fu;
        put(result.asdu, now);
        events_in_a_row_ = 0;
        if (interrogation.is_over())
            interrogations_.erase(interrogations_.begin() + static_cast<std::ptrdiff_t>(next_interrogation_));
        return true;
    }
    return false;
}

bool ControlledSession::State::send_periodic(TimePoint now) {
    if (!periodic_.next(station_.periodic, station_.image, image_limit(), format_, station_.writer)) return false;
    put(station_.writer.octets(), now);
    return true;
}

/// Segments leave room in the window for events that happen meanwhile, but no less than the peer's w needs.
bool ControlledSession::State::send_file(TimePoint now) {
    if (!files_) return false;
    const bool segments = link_.window() > room_beside_files(station_.config.link);
    const auto announced = files_->announced();
    if (!files_->next(segments, format_, station_.writer, now)) return false;
    put(station_.writer.octets(), now);
    if (files_->announced() != announced) announcement_number_ = link_.sent_count();
    return true;
}

// --- the owner's answers ------------------------------------------------------------------------------------------

bool ControlledSession::State::send(Octets asdu) {
    const auto header = iec60870::AsduView::parse_header(asdu, format_);
    if (!header || asdu.size() > iec60870::max_asdu_size || link_.state() == TransferState::closed) return false;
    if (header->cause == Cause::activation_term) return answers_.add_after(asdu, station_.events->packer.last());
    return header->common_address == iec60870::all_stations ? answers_.add_for_all_stations(asdu) : answers_.add(asdu);
}

}  // namespace busbar::iec104
