#include "store/stream_range.hpp"

#include <algorithm>
#include <memory>

#include "store/entry_batch.hpp"
#include "store/reply_text.hpp"
#include "store/stream_facts.hpp"

namespace busbar::store {

namespace {

using Handler = std::function<void(const StreamRange&)>;

/// From the entry at the cursor on: it comes with the others, or it is gone.
void read_from_entry(Store& store, std::string_view stream, StreamId cursor, std::size_t count, Handler handler) {
    store.client().command(
        {"XRANGE", stream, to_string(cursor), "+", "COUNT", std::to_string(count + 1)},
        [cursor, count, handler = std::move(handler)](const Reply& reply) {
            EntryBatch batch;
            if (!batch.read(reply)) return handler({{}, false, fault_of(reply)});
            auto entries = batch.entries();
            const bool complete = !entries.empty() && entries.front().id == cursor;
            handler({complete ? entries.subspan(1) : entries.first(std::min(count, entries.size())), complete, {}});
        });
}

/// From the beginning: complete if nothing was ever removed, which is asked after the read.
void read_from_beginning(Store& store, std::string_view stream, std::size_t count, Handler handler) {
    struct Found {
        EntryBatch batch;
        std::string fault;
    };
    auto found = std::make_shared<Found>();
    store.client().command({"XRANGE", stream, "-", "+", "COUNT", std::to_string(count)}, [found](const Reply& reply) {
        if (found->batch.read(reply)) {
            found->batch.keep();
        } else {
            found->fault = fault_of(reply);
        }
    });
    store.client().command({"XINFO", "STREAM", stream}, [found, handler = std::move(handler)](const Reply& reply) {
        const auto facts = read_stream_facts(reply);
        if (!facts && found->fault.empty()) found->fault = fault_of(reply);
        if (!found->fault.empty()) return handler({{}, false, found->fault});
        handler({found->batch.entries(), facts->removed() == 0, {}});
    });
}

}  // namespace

void read_range(Store& store, std::string_view stream, StreamId cursor, std::size_t count, Handler handler) {
    if (cursor == StreamId{}) {
        read_from_beginning(store, stream, count, std::move(handler));
    } else {
        read_from_entry(store, stream, cursor, count, std::move(handler));
    }
}

}  // namespace busbar::store
