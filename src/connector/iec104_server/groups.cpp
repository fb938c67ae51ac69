#include "connector/iec104_server/groups.hpp"

#include <algorithm>
#include <utility>

namespace busbar::connector {

using iec104::ControlledStation;
using iec104::ObjectUpdate;

Groups::Groups(net::EventLoop& loop, store::Store& store, ControlledStation& station, Timeline& timeline,
               Projection& projection, std::string id, std::string stream, Owner owner)
    : loop_(loop),
      station_(station),
      timeline_(timeline),
      projection_(projection),
      owner_(std::move(owner)),
      cursors_(store, id),
      backlog_(store, std::move(stream)),
      save_timer_(loop),
      retry_(loop) {}

void Groups::load(std::function<void(const std::string&)> done) {
    cursors_.load_all([this, done = std::move(done)](const store::CursorStore::Loaded& loaded) {
        if (loaded.error.empty()) {
            for (const auto& [name, cursor] : loaded.cursors) groups_[name].saved = cursor;
            for (const auto& name : loaded.unreadable) report_gap(name, {}, "its cursor cannot be read");
        }
        done(loaded.error);
    });
}

void Groups::configure(const std::vector<config::RedundancyGroup>& groups) {
    std::vector<std::string> wanted;
    for (const auto& group : groups) wanted.push_back(group.name);
    for (const auto& name : configured_) {
        const auto found = groups_.find(name);
        if (std::ranges::find(wanted, name) != wanted.end() || found == groups_.end()) continue;
        if (found->second.open) close(found->second.id);
        groups_.erase(found);
        cursors_.remove(name);
    }
    configured_ = std::move(wanted);
    for (const auto& name : configured_) {
        auto& group = groups_[name];
        group.named = true;
        if (projection_.is_ready() && !group.open) open_at(name, group, projection_.position(), {});
    }
}

void Groups::open_all(bool same_history) {
    const store::StreamId end = projection_.position();
    for (auto& [name, group] : groups_) {
        if (group.open) continue;
        std::string trouble;
        if (group.saved && !same_history)
            trouble = "the store is not the one that the cursor belongs to, or was restarted";
        if (group.saved && end < *group.saved) trouble = "the stream ends before the cursor";
        open_at(name, group, group.saved.value_or(end), trouble);
    }
}

/// A group with trouble goes on at its cursor, where the stream still has something after it, and then gets the whole
/// image: what it knew may be of another stream.
void Groups::open_at(const std::string& name, Group& group, store::StreamId cursor, const std::string& trouble) {
    group.open = true;
    group.id = station_.open_group(name, timeline_.position(std::min(cursor, projection_.position())));
    if (!trouble.empty()) {
        report_gap(name, cursor, trouble);
        add_repair(group.id, {});
    } else if (group.saved != cursor) {
        group.saved = cursor;
        cursors_.save(name, cursor);
    }
}

void Groups::add_repair(GroupId group, iec104::Position after) {
    repairs_.push_back({group, after, timeline_.position(projection_.position())});
}

/// The image may be newer than what a group was sent: it gets nothing of it before that.
void Groups::work_on_repairs() {
    if (std::exchange(working_, true)) return;
    for (auto& repair : repairs_) {
        const auto from = std::max(repair.until, projection_.image_as_new_as());
        if (repair.begun || station_.sent(repair.group) < from) continue;
        repair.begun = true;
        station_.repair(repair.group, repair.after, loop_.now());
        owner_.on_fed();
    }
    std::erase_if(repairs_, [this](const Repair& repair) {
        return repair.begun && repair.until <= station_.acknowledged(repair.group);
    });
    working_ = false;
}

void Groups::report_gap(const std::string& name, store::StreamId after, const std::string& why) {
    ++gaps_;
    owner_.on_gap(name, after, why);
}

Groups::GroupId Groups::open(const GroupChoice& choice) {
    if (choice.name.empty()) {
        return unnamed_.emplace_back(station_.open_group({}, timeline_.position(projection_.position())));
    }
    auto found = groups_.find(choice.name);
    if (found == groups_.end()) {
        forget_oldest_address();
        found = groups_.emplace(choice.name, Group{}).first;
    }
    auto& group = found->second;
    group.named = choice.named;
    group.used = ++uses_;
    if (!group.open) open_at(choice.name, group, projection_.position(), {});
    return group.id;
}

void Groups::close_unnamed(GroupId group) {
    std::erase(unnamed_, group);
    close(group);
}

void Groups::close(GroupId group) {
    station_.close_group(group);
    backlog_.forget(group);
    thinning_.erase(group);
    std::erase_if(repairs_, [group](const Repair& repair) { return repair.group == group; });
}

void Groups::forget_oldest_address() {
    const auto is_address = [](const auto& entry) { return !entry.second.named; };
    if (static_cast<std::size_t>(std::ranges::count_if(groups_, is_address)) < max_addresses) return;
    auto oldest = groups_.end();
    for (auto entry = groups_.begin(); entry != groups_.end(); ++entry) {
        if (is_address(*entry) && (oldest == groups_.end() || entry->second.used < oldest->second.used)) oldest = entry;
    }
    if (oldest->second.open) close(oldest->second.id);
    cursors_.remove(oldest->first);
    groups_.erase(oldest);
}

void Groups::progress() {
    while (const auto request = station_.take_backlog_request()) serve(*request);
    if (!repairs_.empty()) work_on_repairs();
    if (!save_timer_.is_running()) save_timer_.after(std::chrono::milliseconds{50}, [this] { save_cursors(); });
}

void Groups::serve(const ControlledStation::BacklogRequest& request) {
    const auto after = timeline_.id(request.after);
    if (!after) {
        station_.repair(request.group, request.after, loop_.now());
        owner_.on_fed();
        return;
    }
    const store::StreamId read_up_to = projection_.position();
    backlog_.read(request.group, *after,
                  [this, request, read_up_to](const auto& range) { answer(request, range, read_up_to); });
}

void Groups::answer(const ControlledStation::BacklogRequest& request, const store::StreamRange& range,
                    store::StreamId read_up_to) {
    if (!range.error.empty()) {
        postponed_.push_back(request);
        retry_.after(std::chrono::milliseconds{500}, [this] {
            for (const auto& again : std::exchange(postponed_, {})) serve(again);
        });
        return;
    }
    if (!range.complete) {
        report_gap(name_of(request.group), timeline_.id(request.after).value_or(store::StreamId{}),
                   "the stream no longer has the entry at its cursor");
        add_repair(request.group, request.after);
    }
    // The updates borrow octets that live only while they are made: kept here until they are fed.
    struct Kept {
        ObjectUpdate update;
        EncodedElement element;
    };
    std::vector<Kept> kept;
    kept.reserve(range.entries.size());
    auto& thinning = thinning_[request.group];
    projection_.make_backlog(range.entries, thinning, [&kept](const ObjectUpdate& update) {
        Kept& last = kept.emplace_back(update);
        last.element.size = static_cast<std::uint8_t>(update.element.size());
        std::ranges::copy(update.element, last.element.octets.begin());
    });
    std::vector<ObjectUpdate> updates;
    updates.reserve(kept.size());
    for (auto& one : kept) {
        one.update.element = one.element.view();
        one.update.time_tag = {};
        updates.push_back(one.update);
    }
    const bool to_the_end = range.entries.size() < BacklogReader::entries_at_once;
    if (to_the_end) thinning.clear();
    store::StreamId up_to = range.entries.empty() ? store::StreamId{} : range.entries.back().id;
    if (to_the_end) up_to = std::max(up_to, read_up_to);
    station_.feed(request, updates, timeline_.position(up_to), loop_.now());
    owner_.on_fed();
}

/// Behind a hole nothing counts as acknowledged before it is being repaired: after a kill it would be forgotten.
bool Groups::waits_for_repair(GroupId group) const {
    return std::ranges::any_of(repairs_,
                               [group](const Repair& repair) { return repair.group == group && !repair.begun; });
}

void Groups::save_cursors() {
    for (auto& [name, group] : groups_) {
        if (!group.open || waits_for_repair(group.id)) continue;
        const auto acknowledged = timeline_.id(station_.acknowledged(group.id));
        // While the whole image is being sent again nothing counts as acknowledged. That need is remembered by the
        // history that was stored; the cursor stays, or all of the stream would come again after a kill.
        if (!acknowledged || acknowledged == group.saved || (group.saved && *acknowledged == store::StreamId{}))
            continue;
        if (group.saved && *acknowledged < *group.saved) {
            cursors_.save_back(name, *acknowledged);
        } else {
            cursors_.save(name, *acknowledged);
        }
        group.saved = *acknowledged;
    }
}

void Groups::save_now(std::function<void()> done) {
    save_cursors();
    cursors_.flush(std::move(done));
}

void Groups::repair_all() {
    backlog_.forget_all();
    for (auto& [name, group] : groups_) {
        if (!group.open) continue;
        report_gap(name, group.saved.value_or(store::StreamId{}), "the stream that all groups follow has a gap");
        add_repair(group.id, station_.acknowledged(group.id));
    }
    for (const auto group : unnamed_) add_repair(group, station_.acknowledged(group));
}

std::vector<Groups::View> Groups::list() const {
    std::vector<View> views;
    for (const auto& [name, group] : groups_)
        views.push_back({name, group.named, group.saved.value_or(store::StreamId{})});
    return views;
}

const std::string& Groups::name_of(GroupId id) const {
    static const std::string unnamed = "(without a name)";
    for (const auto& [name, group] : groups_) {
        if (group.open && group.id == id) return name;
    }
    return unnamed;
}

}  // namespace busbar::connector
