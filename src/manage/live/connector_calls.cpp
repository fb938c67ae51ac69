#include "manage/live/connector_calls.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "store/keys.hpp"

namespace busbar::manage {

ConnectorCalls::ConnectorCalls(store::Store& store)
    : StorePart(store),
      timer_(store.loop()),
      prefix_(fmt::format("manage:{}:{}:", store.loop().utc_now().time_since_epoch().count(), ::getpid())) {}

void ConnectorCalls::ask(std::string_view connector, std::string_view action, std::string_view data, Answer answer) {
    if (!store_.is_connected()) return answer(fail("the store is away"));
    if (waiting_.size() >= max_waiting) return answer(fail("too many requests wait for connectors"));
    const std::string id = prefix_ + std::to_string(++asked_);
    const std::string key = store::keys::requests(connector), kept = std::to_string(requests_kept);
    Waiting waiting{std::string(connector), {}, store_.loop().now() + longest_wait, std::move(answer)};
    waiting_.emplace(id, std::move(waiting));
    store_.client().command({"XADD", key, "MAXLEN", "~", kept, "*", "id", id, "action", action, "data", data},
                            guarded([this, id](const store::Reply& reply) {
                                const auto found = waiting_.find(id);
                                if (found == waiting_.end()) return;
                                if (!reply.is_good()) return finish(id, fail(std::string(reply.text())));
                                // Replies are entries of the same server's clock: none of them is older than the
                                // request.
                                found->second.after =
                                    std::string(reply.text().substr(0, reply.text().find('-'))) + "-0";
                                found->second.added = true;
                            }));
    if (!timer_.is_running()) timer_.every(look_every, [this] { look(); });
}

void ConnectorCalls::look() {
    const TimePoint now = store_.loop().now();
    std::vector<std::string> late;
    for (auto& [id, waiting] : waiting_) {
        if (now >= waiting.until) {
            late.push_back(id);
        } else if (waiting.added && !waiting.looking) {
            look_for(id, waiting);
        }
    }
    for (const std::string& id : late) finish(id, fail("the connector did not answer"));
    if (waiting_.empty()) timer_.cancel();
}

void ConnectorCalls::look_for(const std::string& id, Waiting& waiting) {
    waiting.looking = true;
    const std::string key = store::keys::replies(waiting.connector);
    store_.client().command({"XRANGE", key, waiting.after, "+"}, guarded([this, id](const store::Reply& reply) {
                                const auto found = waiting_.find(id);
                                if (found == waiting_.end()) return;
                                found->second.looking = false;
                                for (const store::Reply& entry : reply.children()) {
                                    if (entry.children().size() != 2) continue;
                                    std::string_view whose, data;
                                    const auto words = entry.children()[1].children();
                                    for (std::size_t at = 0; at + 1 < words.size(); at += 2) {
                                        if (words[at].text() == "id") whose = words[at + 1].text();
                                        if (words[at].text() == "data") data = words[at + 1].text();
                                    }
                                    if (whose == id) return finish(id, std::string(data));
                                }
                            }));
}

void ConnectorCalls::finish(const std::string& id, const Result<std::string>& data) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    const Answer answer = std::move(found->second.answer);
    waiting_.erase(found);
    answer(data);
}

}  // namespace busbar::manage
