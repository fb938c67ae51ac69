#include "store/stream_facts.hpp"

namespace busbar::store {

std::optional<std::uint64_t> StreamFacts::removed() const {
    if (!present) return 0;
    if (!added || *added < length) return std::nullopt;
    return *added - length;
}

std::optional<StreamFacts> read_stream_facts(const Reply& reply) {
    if (reply.is_error() && reply.text().find("no such key") != std::string_view::npos) return StreamFacts{};
    if (reply.kind() != Reply::Kind::array) return std::nullopt;
    StreamFacts facts;
    facts.present = true;
    const auto pairs = reply.children();
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        const auto name = pairs[i].text();
        const auto& value = pairs[i + 1];
        if (name == "length") {
            facts.length = static_cast<std::uint64_t>(value.integer());
        } else if (name == "entries-added") {
            facts.added = static_cast<std::uint64_t>(value.integer());
        } else if (name == "last-generated-id") {
            facts.last_id = parse_stream_id(value.text()).value_or(StreamId{});
        } else if (name == "last-entry" && !value.children().empty()) {
            facts.last_entry = parse_stream_id(value.children().front().text());
        }
    }
    return facts;
}

}  // namespace busbar::store
