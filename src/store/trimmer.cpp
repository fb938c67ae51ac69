#include "store/trimmer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace busbar::store {

namespace {

/// What exceeds nine tenths of a limit.
std::uint64_t excess(std::uint64_t now, std::uint64_t limit, std::uint64_t kept_of_ten) {
    const auto kept = limit / 10 * kept_of_ten + limit % 10 * kept_of_ten / 10;
    return now > kept ? now - kept : 0;
}

}  // namespace

Trimmer::Trimmer(Store& store, std::string holder, Handlers handlers, std::string stream)
    : StorePart(store),
      handlers_(std::move(handlers)),
      stream_(std::move(stream)),
      lease_(store, std::string(keys::trimmer), std::move(holder),
             {.gained = [](std::uint64_t) {}, .lost = [](const std::string&) {}}),
      timer_(store.loop()) {}

void Trimmer::start() {
    lease_.start();
    timer_.every(look_every, guarded([this] { look(); }));
}

void Trimmer::stop() {
    timer_.cancel();
    lease_.release();
}

void Trimmer::look() {
    if (busy_ || !store_.is_connected() || !lease_.held()) return;
    busy_ = true;
    store_.client().command({"GET", keys::retention(stream_)}, guarded([this](const Reply& reply) {
                                busy_ = false;
                                if (!reply.is_good()) return;
                                if (reply.is_nil()) return tell_fault("");
                                read_facts(reply.text());
                            }));
}

void Trimmer::read_facts(std::string_view json) {
    auto retention = read_retention(json);
    if (!retention) return tell_fault(retention.error().what);
    tell_fault("");
    retention_ = std::move(*retention);
    busy_ = facts_good_ = true;
    const auto take = [this](auto read) {
        return guarded(
            [this, read](const Reply& reply) { facts_good_ = facts_good_ && reply.is_good() && read(reply); });
    };
    slowest_.reset();
    for (const auto& consumer : retention_.required) {
        store_.client().command({"GET", keys::cursor(consumer.connector, consumer.group)},
                                take([this, name = consumer.connector + "/" + consumer.group](const Reply& reply) {
                                    const auto cursor = parse_stream_id(reply.text()).value_or(StreamId{});
                                    if (slowest_ && *slowest_ <= cursor) return true;
                                    slowest_ = cursor;
                                    slowest_consumer_ = name;
                                    return true;
                                }));
    }
    if (retention_.age) {
        store_.client().command({"TIME"}, take([this](const Reply& reply) {
                                    if (reply.children().size() != 2) return false;
                                    const auto text = reply.children()[0].text();
                                    std::uint64_t seconds = 0;
                                    std::from_chars(text.data(), text.data() + text.size(), seconds);
                                    now_ms_ = seconds * 1000;
                                    return true;
                                }));
    }
    size_ = 0;
    if (retention_.bytes) {
        store_.client().command({"MEMORY", "USAGE", stream_}, take([this](const Reply& reply) {
                                    size_ = static_cast<std::uint64_t>(reply.integer());
                                    return true;
                                }));
    }
    store_.client().command({"XLEN", stream_}, guarded([this](const Reply& reply) {
                                busy_ = false;
                                length_ = static_cast<std::uint64_t>(reply.integer());
                                if (reply.is_good() && facts_good_ && length_ > 0) decide();
                            }));
}

/// Up to which entry the stream should go: the oldest ones beyond nine tenths of the limits, and what is too old.
void Trimmer::decide() {
    std::uint64_t surplus = 0;
    if (retention_.entries) surplus = excess(length_, *retention_.entries, kept_of_ten);
    if (retention_.bytes && size_ > 0)
        surplus = std::max(surplus, excess(size_, *retention_.bytes, kept_of_ten) * length_ / size_);
    StreamId oldest;
    if (retention_.age) {
        const auto age = static_cast<std::uint64_t>(std::chrono::milliseconds{*retention_.age}.count());
        oldest = {now_ms_ > age ? now_ms_ - age : 0, 0};
    }
    if (surplus == 0) {
        if (oldest == StreamId{}) return tell_held_back("");
        return trim(oldest);
    }
    busy_ = true;
    const auto count = std::to_string(std::min(surplus, most_at_once) + 1);
    store_.client().command({"XRANGE", stream_, "-", "+", "COUNT", count}, guarded([this, oldest](const Reply& reply) {
                                busy_ = false;
                                if (!reply.is_good() || reply.children().empty()) return;
                                const auto& last = reply.children().back();
                                const auto id =
                                    last.children().empty() ? std::nullopt : parse_stream_id(last.children()[0].text());
                                if (id) trim(std::max(*id, oldest));
                            }));
}

/// The entry that a cursor names stays too: a reader asks for it to know that nothing is missing.
void Trimmer::trim(StreamId wanted) {
    if (!lease_.held()) return;
    const bool held_back = slowest_ && *slowest_ < wanted;
    if (held_back) wanted = *slowest_;
    const auto id = to_string(wanted);
    busy_ = true;
    store_.client().command({"XTRIM", stream_, "MINID", id}, guarded([this, held_back](const Reply& reply) {
                                busy_ = false;
                                trimmed(reply, held_back);
                            }));
}

void Trimmer::trimmed(const Reply& reply, bool held_back) {
    if (!reply.is_good()) return;
    if (held_back && reply.integer() == 0) return tell_held_back(slowest_consumer_);
    if (!held_back) tell_held_back("");
    if (static_cast<std::uint64_t>(reply.integer()) >= most_at_once) look();  // there may be more
}

void Trimmer::tell_fault(const std::string& fault) {
    if (std::exchange(told_fault_, fault) != fault) handlers_.fault(fault);
}

void Trimmer::tell_held_back(const std::string& consumer) {
    if (std::exchange(told_held_back_, consumer) != consumer) handlers_.held_back(consumer);
}

}  // namespace busbar::store
