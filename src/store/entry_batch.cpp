#include "store/entry_batch.hpp"

#include <charconv>

namespace busbar::store {

namespace {

/// A number field into `number`; false: it is no number of its size.
template <class Number>
bool read(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

struct Fields {
    std::string_view casdu, ioa, source, data;
    bool has_casdu = false, has_ioa = false, has_data = false;
};

Fields find_fields(std::span<const Reply> texts) {
    Fields found;
    for (std::size_t i = 0; i + 1 < texts.size(); i += 2) {
        const auto name = texts[i].text(), value = texts[i + 1].text();
        if (name == "casdu") {
            found.casdu = value;
            found.has_casdu = true;
        } else if (name == "ioa") {
            found.ioa = value;
            found.has_ioa = true;
        } else if (name == "source") {
            found.source = value;
        } else if (name == "data") {
            found.data = value;
            found.has_data = true;
        }
    }
    return found;
}

/// Empty: good.
std::string_view read_fields(std::span<const Reply> texts, StreamEntry& entry) {
    const auto fields = find_fields(texts);
    entry.source = fields.source;
    entry.data = fields.data;
    if (!fields.has_casdu) return "the entry has no field casdu";
    if (!fields.has_ioa) return "the entry has no field ioa";
    if (!fields.has_data) return "the entry has no field data";
    if (!read(fields.casdu, entry.address.casdu)) return "casdu is no number from 0 to 65535";
    if (!read(fields.ioa, entry.address.ioa)) return "ioa is no number from 0 to 4294967295";
    return {};
}

}  // namespace

bool EntryBatch::read(const Reply& entries) {
    entries_.clear();
    if (entries.kind() != Reply::Kind::array) return false;
    for (const auto& item : entries.children()) {
        const auto parts = item.children();
        const auto id = parts.size() == 2 ? parse_stream_id(parts[0].text()) : std::nullopt;
        if (!id) return false;
        auto& entry = entries_.emplace_back();
        entry.id = *id;
        entry.fault = read_fields(parts[1].children(), entry);
    }
    return true;
}

void EntryBatch::keep(std::span<const StreamEntry> entries) {
    entries_.assign(entries.begin(), entries.end());
    keep();
}

void EntryBatch::keep() {
    std::size_t size = 0;
    for (const auto& entry : entries_) size += entry.source.size() + entry.data.size();
    text_.clear();
    text_.reserve(size);  // from here on nothing moves
    const auto copy = [this](std::string_view text) {
        const auto begin = text_.size();
        text_.append(text);
        return std::string_view{text_}.substr(begin);
    };
    for (auto& entry : entries_) {
        entry.source = copy(entry.source);
        entry.data = copy(entry.data);
    }
}

}  // namespace busbar::store
