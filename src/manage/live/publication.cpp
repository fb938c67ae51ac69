#include "manage/live/publication.hpp"

#include <boost/json.hpp>
#include <utility>

#include "manage/live/kept_updates.hpp"
#include "store/keys.hpp"

namespace busbar::manage {

namespace json = boost::json;

std::string with_revision(std::string_view text, std::int64_t revision) {
    const json::value given = json::parse(text);
    json::object document{{"revision", revision}};
    for (const auto& [key, value] : given.as_object()) {
        if (key != "revision") document.emplace(key, value);
    }
    return json::serialize(document);
}

Publication::Publication(store::Store& store, Database& database)
    : StorePart(store), database_(database), timer_(store.loop()) {
    timer_.every(look_every, [this] { check(); });
}

void Publication::check() {
    if (looking_) {
        again_ = true;
        return;
    }
    if (!store_.is_connected()) return;
    clear_removed();
    auto keys = wanted();
    looking_ = true;
    std::vector<std::string_view> words{"MGET"};
    for (const Key& key : keys) words.push_back(key.name);
    store_.client().command(words, guarded([this, keys](const store::Reply& reply) {
                                looking_ = false;
                                if (reply.is_good()) compare(reply, keys);
                                if (std::exchange(again_, false)) check();
                            }));
}

std::vector<Publication::Key> Publication::wanted() const {
    std::vector<Key> keys;
    for (const ConnectorRow& row : all_connectors(database_)) {
        keys.push_back({store::keys::config(row.id), row.id, with_revision(row.config, row.config_revision)});
        if (row.kind != "iec104-server") continue;
        Key mapping{store::keys::mapping(row.id), row.id, std::nullopt};
        if (row.mapping) mapping.text = with_revision(*row.mapping, row.mapping_revision);
        keys.push_back(std::move(mapping));
    }
    keys.push_back({store::keys::retention(), {}, retention_text(database_)});
    return keys;
}

void Publication::compare(const store::Reply& reply, const std::vector<Key>& keys) {
    const auto found = reply.children();
    for (std::size_t index = 0; index < keys.size() && index < found.size(); ++index) {
        const bool same = keys[index].text ? !found[index].is_nil() && found[index].text() == *keys[index].text
                                           : found[index].is_nil();
        if (!same) set(keys[index]);
    }
}

void Publication::set(const Key& key) {
    const auto ignored = [](const store::Reply&) {};
    if (key.text) {
        store_.client().command({"SET", key.name, *key.text}, ignored);
    } else {
        store_.client().command({"DEL", key.name}, ignored);
    }
    if (key.connector.empty()) return;
    store_.client().command({"PUBLISH", store::keys::changed(key.connector), "configuration changed"}, ignored);
}

void Publication::clear_removed() {
    for (const std::string& id : removed_connectors(database_)) {
        const std::string config = store::keys::config(id), mapping = store::keys::mapping(id),
                          status = store::keys::status(id), requests = store::keys::requests(id),
                          replies = store::keys::replies(id);
        store_.client().command({"DEL", config, mapping, status, requests, replies},
                                guarded([this, id](const store::Reply& reply) {
                                    if (reply.is_good()) forget_removed_connector(database_, id);
                                }));
    }
}

}  // namespace busbar::manage
