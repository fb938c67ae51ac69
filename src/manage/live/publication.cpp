#include "manage/live/publication.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "manage/database/attempt.hpp"
#include "manage/live/kept_updates.hpp"
#include "store/keys.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::size_t beginning_size = 64;
constexpr std::string_view unread = "the configuration of the connectors cannot be read now";

std::size_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::string in_place_of_another(std::string_view text, std::int64_t revision) {
    const json::value given = json::parse(text);
    json::object document{{"revision", revision}};
    for (const auto& [key, value] : given.as_object()) {
        if (key != "revision") document.emplace(key, value);
    }
    return json::serialize(document);
}

}  // namespace

std::string with_revision(std::string_view text, std::int64_t revision) {
    // Long ones need not be taken apart.
    if (text.find("\"revision\"") != std::string_view::npos) return in_place_of_another(text, revision);
    const auto members = text.find_first_not_of(" \t\r\n", text.find('{') + 1);
    const std::string_view comma = text.substr(members).starts_with('}') ? "" : ",";
    std::string document = fmt::format("{{\"revision\":{}{}", revision, comma);
    return document.append(text.substr(members));
}

Publication::Publication(store::Store& store, Database& database)
    : StorePart(store), database_(database), book_(database), timer_(store.loop()) {
    timer_.every(look_every, [this] { check(); });
}

void Publication::check_all() {
    book_.forget();
    keys_.clear();
    check();
}

void Publication::check() {
    if (looking_) {
        again_ = true;
        return;
    }
    if (!store_.is_connected()) return;
    const bool is_read = attempt(unread, [this] {
        clear_removed();
        SQLite::Transaction as_it_is(database_.handle());
        refresh();
    });
    if (!is_read) return;  // the next look will tell
    looking_ = true;
    ask_all();
    when_answered([this](bool good) { set_wrong(good); });
}

void Publication::ask_all() {
    std::vector<std::string> names;
    std::vector<std::pair<std::string_view, std::size_t>> pieces;
    for (const auto& [name, key] : keys_) {
        if (!key.is_long()) {
            names.push_back(name);
            if (names.size() == keys_a_command) ask_whole(std::exchange(names, {}));
            continue;
        }
        ask_beginning(name, *key.print);
        for (std::size_t piece = 0; piece < key.print->pieces.size(); ++piece) pieces.emplace_back(name, piece);
    }
    if (!names.empty()) ask_whole(std::move(names));
    for (std::size_t asked = 0; asked < std::min(pieces_a_look, pieces.size()); ++asked) {
        const auto& [name, piece] = pieces[next_piece_++ % pieces.size()];
        ask_piece(std::string(name), piece);
    }
}

void Publication::refresh() {
    Keys now;
    for (const auto& [head, service, groups] : book_.look()) {
        add(now, store::keys::config(head.id), {head.id, Key::Part::config, head.config_revision});
        if (head.kind == "iec104-server")
            add(now, store::keys::mapping(head.id), {head.id, Key::Part::mapping, head.mapping_revision});
    }
    Key retention{{}, Key::Part::retention, 0};
    retention.print = print_of(*text_of(retention));
    now.emplace(store::keys::retention(), std::move(retention));
    keys_ = std::move(now);
}

void Publication::add(Keys& now, std::string name, Key key) {
    const auto before = keys_.find(name);
    if (before != keys_.end() && before->second.revision == key.revision) {
        key.print = before->second.print;
    } else if (const auto text = text_of(key)) {
        key.print = print_of(*text);
    }
    now.emplace(std::move(name), std::move(key));
}

std::optional<std::string> Publication::text_of(const Key& key) {
    if (key.part == Key::Part::retention) return retention_text(database_, book_.look());
    auto text = key.part == Key::Part::config ? config_of_connector(database_, key.connector)
                                              : mapping_of_connector(database_, key.connector);
    if (text) text = with_revision(*text, key.revision);
    return text;
}

Publication::Print Publication::print_of(std::string_view text) {
    Print print{text.size(), std::string(text.substr(0, beginning_size)), {}};
    for (std::size_t at = 0; at < text.size(); at += piece_size)
        print.pieces.push_back(hash_of(text.substr(at, piece_size)));
    return print;
}

void Publication::ask_whole(std::vector<std::string> names) {
    std::vector<std::string_view> words{"MGET"};
    for (const std::string& name : names) words.emplace_back(name);
    store_.client().command(words, guarded([this, names](const store::Reply& reply) {
                                const auto found = reply.children();
                                for (std::size_t at = 0; at < found.size() && at < names.size(); ++at)
                                    compare_whole(names[at], found[at]);
                            }));
}

void Publication::compare_whole(const std::string& name, const store::Reply& found) {
    const auto key = keys_.find(name);
    if (key == keys_.end()) return;
    const auto& print = key->second.print;
    const auto text = found.text();
    const bool is_right = print ? text.size() == print->size && hash_of(text) == print->pieces.front() : found.is_nil();
    if (!is_right) wrong_.insert(name);
}

void Publication::ask_beginning(const std::string& name, const Print& print) {
    ask({"STRLEN", name}, name,
        [size = print.size](const store::Reply& reply) { return static_cast<std::size_t>(reply.integer()) == size; });
    ask({"GETRANGE", name, "0", std::to_string(beginning_size - 1)}, name,
        [beginning = print.beginning](const store::Reply& reply) { return reply.text() == beginning; });
}

void Publication::ask_piece(const std::string& name, std::size_t piece) {
    const auto first = piece * piece_size;
    ask({"GETRANGE", name, std::to_string(first), std::to_string(first + piece_size - 1)}, name,
        [hash = keys_.at(name).print->pieces[piece]](const store::Reply& reply) {
            return hash_of(reply.text()) == hash;
        });
}

void Publication::ask(std::initializer_list<std::string_view> words, const std::string& name,
                      std::function<bool(const store::Reply&)> is_right) {
    store_.client().command(words, guarded([this, name, is_right = std::move(is_right)](const store::Reply& reply) {
                                const bool is_no_text = reply.is_error() && reply.text().starts_with("WRONGTYPE");
                                if (is_no_text || (reply.is_good() && !is_right(reply))) wrong_.insert(name);
                            }));
}

void Publication::when_answered(std::function<void(bool good)> then) {
    store_.client().command({"PING"},
                            guarded([then = std::move(then)](const store::Reply& reply) { then(reply.is_good()); }));
}

void Publication::set_wrong(bool good) {
    if (!good || !attempt(unread, [this] { set_some(); })) wrong_.clear();
    if (wrong_.empty()) {
        looking_ = false;
        if (std::exchange(again_, false)) check();
        return;
    }
    when_answered([this](bool all) { set_wrong(all); });
}

/// Not more at once than the loop can do beside its other work.
void Publication::set_some() {
    if (wrong_.empty()) return;
    SQLite::Transaction as_it_is(database_.handle());
    refresh();
    std::size_t octets = 0;
    while (!wrong_.empty() && octets < octets_at_once) {
        const auto key = keys_.find(*wrong_.begin());
        if (key != keys_.end()) octets += set(key->first, key->second);
        wrong_.erase(wrong_.begin());
    }
}

std::size_t Publication::set(const std::string& name, const Key& key) {
    const auto ignored = [](const store::Reply&) {};
    const auto text = text_of(key);
    if (text) {
        store_.client().command({"SET", name, *text}, ignored);
    } else {
        store_.client().command({"DEL", name}, ignored);
    }
    if (!key.connector.empty())
        store_.client().command({"PUBLISH", store::keys::changed(key.connector), "configuration changed"}, ignored);
    return text ? text->size() : 0;
}

void Publication::clear_removed() {
    for (const std::string& id : removed_connectors(database_)) {
        const std::string config = store::keys::config(id), mapping = store::keys::mapping(id),
                          status = store::keys::status(id), requests = store::keys::requests(id),
                          replies = store::keys::replies(id);
        store_.client().command(
            {"DEL", config, mapping, status, requests, replies}, guarded([this, id](const store::Reply& reply) {
                if (!reply.is_good()) return;
                attempt("a removed connector is not forgotten yet", [&] { forget_removed_connector(database_, id); });
            }));
    }
}

}  // namespace busbar::manage
