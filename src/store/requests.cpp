#include "store/requests.hpp"

#include "store/keys.hpp"

namespace busbar::store {

namespace {

Request to_request(EntryFields fields) {
    Request request;
    for (const auto& [name, value] : fields) {
        if (name == "id") request.id = value;
        if (name == "action") request.action = value;
        if (name == "data") request.data = value;
    }
    return request;
}

}  // namespace

Requests::Requests(Store& store, std::string_view id, std::function<void(const Request&)> handler)
    : StorePart(store),
      replies_key_(keys::replies(id)),
      handler_(std::move(handler)),
      tail_(store.loop(), store.options(), {keys::requests(id)},
            {[this](std::string_view, StreamId, EntryFields fields) { handler_(to_request(fields)); }, {}}) {}

void Requests::start() { tail_.start(); }

void Requests::reply(std::string_view id, std::string_view action, std::string_view data) {
    store_.client().command({"XADD", replies_key_, "MAXLEN", "~", std::to_string(replies_kept), "*", "id", id, "action",
                             action, "data", data},
                            [](const Reply&) {});
}

}  // namespace busbar::store
