#include "connector/iec104_server/projection.hpp"

#include <functional>
#include <limits>
#include <utility>

#include "connector/common/messages.hpp"
#include "point/point.hpp"
#include "store/stream_range.hpp"

namespace busbar::connector {

namespace {

std::uint64_t digest(std::string_view json) { return std::hash<std::string_view>{}(json); }

}  // namespace

Projection::Projection(net::EventLoop& loop, store::Store& store, iec104::ControlledStation& station,
                       Timeline& timeline, UpdateMaker maker, std::string stream, Owner owner)
    : loop_(loop),
      store_(store),
      station_(station),
      timeline_(timeline),
      maker_(std::move(maker)),
      stream_(std::move(stream)),
      owner_(std::move(owner)),
      loader_(store),
      changed_loader_(store),
      reader_(loop, store.options(), {.stream = stream_},
              {.entries = [this](auto entries) { take(entries); },
               .gap = [this](const auto& found) { gap(found); },
               .state = [this](const std::string& reason) { owner_.on_reader_state(reason); }}),
      retry_(loop),
      retry_changed_(loop) {}

void Projection::start() {
    reader_.start_at_end([this](store::StreamId end) { positioned(end); });
}

void Projection::use(UpdateMaker maker) {
    maker_ = std::move(maker);
    station_.clear();
    if (loader_.is_loading()) loader_.cancel();
    reader_.pause();
    load(reader_.position());
}

void Projection::positioned(store::StreamId end) {
    reader_.pause();
    station_.advance(timeline_.position(end));
    load(end);
}

void Projection::load(store::StreamId end) {
    load_began_ = loop_.now();
    loading_at_ = timeline_.position(end);
    known_.clear();
    constexpr auto latest = std::numeric_limits<std::uint64_t>::max();
    set_image_as_new_as({latest, latest});
    loader_.load_all(
        [this](store::ImageAddress address, std::optional<std::string_view> json) {
            if (json) take_image(address, *json);
        },
        [this](const std::string& error) { loaded(error); });
}

void Projection::take_image(store::ImageAddress address, std::string_view json) {
    known_[key(address)] = digest(json);
    const auto made =
        maker_.make(address.casdu, address.ioa, json, loading_at_, loop_.utc_now(), UpdateMaker::Purpose::image,
                    [this](const iec104::ObjectUpdate& update) { station_.update(update, loop_.now()); });
    if (!made) owner_.on_bad_point(address, made.error().what, json);
}

/// What was written while the image was read is in the stream: the image is true once that has been applied.
void Projection::loaded(const std::string& error) {
    if (!error.empty()) {
        retry_.after(std::chrono::milliseconds{500}, [this] { load(reader_.position()); });
        return;
    }
    station_.flush(loop_.now());
    if (std::exchange(recovering_, false)) owner_.on_recovered();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now() - load_began_);
    log(messages::image_loaded, known_.size(), took.count());
    store_.client().command(
        {"XREVRANGE", stream_, "+", "-", "COUNT", "1"},
        [this, alive = std::weak_ptr<const char>(alive_)](const store::Reply& reply) {
            if (alive.expired()) return;
            if (!reply.is_good()) return loaded("the stream's end is not known");
            catch_up_to_ = {};
            if (!reply.children().empty() && !reply.children()[0].children().empty()) {
                catch_up_to_ =
                    store::parse_stream_id(reply.children()[0].children()[0].text()).value_or(store::StreamId{});
            }
            set_image_as_new_as(timeline_.position(catch_up_to_));
            catching_up_ = true;
            reader_.resume();
            ready_if_caught_up();
        });
}

void Projection::set_image_as_new_as(iec104::Position position) {
    image_as_new_as_ = position;
    station_.set_image_as_new_as(position);
}

void Projection::ready_if_caught_up() {
    if (!catching_up_ || reader_.position() < catch_up_to_) return;
    catching_up_ = false;
    ready_ = true;
    owner_.on_ready();
}

void Projection::take(std::span<const store::StreamEntry> entries) {
    const TimePoint now = loop_.now();
    const UtcTime utc = loop_.utc_now();
    const UpdateMaker::Sink sink = [&](const iec104::ObjectUpdate& update) { station_.update(update, now); };
    for (const auto& entry : entries) {
        if (!entry.fault.empty()) {
            owner_.on_bad_point(entry.address, entry.fault, store::to_string(entry.id));
            continue;
        }
        known_[key(entry.address)] = digest(entry.data);
        const auto made = maker_.make(entry.address.casdu, entry.address.ioa, entry.data, timeline_.position(entry.id),
                                      utc, UpdateMaker::Purpose::live, sink);
        if (!made) owner_.on_bad_point(entry.address, made.error().what, entry.data);
        owner_.on_entry(entry.address, entry.source, entry.data);
    }
    station_.flush(now);
    if (!entries.empty()) station_.advance(timeline_.position(entries.back().id));
    owner_.on_flushed();
    ready_if_caught_up();
}

/// Entries that are still there are events all the same; only a stream whose ids may begin again is taken at its end.
void Projection::gap(const store::Gap& gap) {
    recovering_ = true;
    catching_up_ = false;
    loader_.cancel();
    retry_.cancel();
    owner_.on_gap(gap);
    if (gap.reason == store::GapReason::behind || gap.reason == store::GapReason::missing) {
        timeline_.begin_new_age();
        start();
    } else {
        go_on_after(gap.after);
    }
}

void Projection::go_on_after(store::StreamId hole) {
    store::read_range(store_, stream_, hole, 1,
                      [this, hole, alive = std::weak_ptr<const char>(alive_)](const auto& range) {
                          if (alive.expired()) return;
                          if (!range.error.empty()) {
                              retry_.after(std::chrono::milliseconds{500}, [this, hole] { go_on_after(hole); });
                              return;
                          }
                          store::StreamId from = hole;
                          if (!range.complete) {
                              if (range.entries.empty()) return start();
                              take(range.entries);
                              from = range.entries.front().id;
                          }
                          reader_.start_from(from);
                          positioned(from);
                      });
}

void Projection::source_changed(const std::string& source) {
    changed_.insert(source);
    if (ready_ && changing_.empty()) look_for_changed();
}

/// The whole image is read: which points a source has is kept nowhere.
void Projection::look_for_changed() {
    changing_ = std::exchange(changed_, {});
    changed_loader_.load_all(
        [this](store::ImageAddress address, std::optional<std::string_view> json) {
            if (json) take_changed(address, *json);
        },
        [this](const std::string& error) {
            station_.flush(loop_.now());
            owner_.on_flushed();
            if (!error.empty()) changed_.merge(changing_);
            changing_.clear();
            if (!changed_.empty()) retry_changed_.after(std::chrono::seconds{1}, [this] { look_for_changed(); });
        });
}

/// Only what the projection knows too: of anything newer the entry is still to come.
void Projection::take_changed(store::ImageAddress address, std::string_view json) {
    if (!knows(address, json)) return;
    const auto point = point::read_json(json);
    if (!point || !changing_.contains(point->source)) return;
    const auto made = maker_.make(address.casdu, address.ioa, json, timeline_.position(reader_.position()),
                                  loop_.utc_now(), UpdateMaker::Purpose::source,
                                  [this](const iec104::ObjectUpdate& update) { station_.update(update, loop_.now()); });
    if (!made) owner_.on_bad_point(address, made.error().what, json);
}

bool Projection::knows(store::ImageAddress address, std::string_view json) const {
    const auto found = known_.find(key(address));
    return found != known_.end() && found->second == digest(json);
}

std::size_t Projection::make_backlog(std::span<const store::StreamEntry> entries, BacklogThinning& thinning,
                                     const UpdateMaker::Sink& sink) {
    std::size_t bad = 0;
    for (const auto& entry : entries) {
        if (!entry.fault.empty()) continue;
        const auto made = maker_.make(entry.address.casdu, entry.address.ioa, entry.data, timeline_.position(entry.id),
                                      loop_.utc_now(), UpdateMaker::Purpose::backlog, sink, &thinning);
        if (!made) ++bad;
    }
    return bad;
}

}  // namespace busbar::connector
