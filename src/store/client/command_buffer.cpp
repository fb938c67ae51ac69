#include "store/client/command_buffer.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <iterator>

namespace busbar::store {

namespace {

constexpr std::size_t longest_number = 20;
using Digits = std::array<char, longest_number>;

std::string_view to_text(Digits& digits, std::integral auto number) {
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

}  // namespace

char* CommandBuffer::grow(std::size_t by) {
    const std::size_t size = octets_.size();
    octets_.resize(size + by);
    return reinterpret_cast<char*>(octets_.data()) + size;
}

void CommandBuffer::raw(std::string_view resp) { std::memcpy(grow(resp.size()), resp.data(), resp.size()); }

void CommandBuffer::header(char kind, std::size_t number) {
    Digits digits;
    const auto text = to_text(digits, number);
    char* out = grow(text.size() + 3);
    *out++ = kind;
    std::memcpy(out, text.data(), text.size());
    std::memcpy(out + text.size(), "\r\n", 2);
}

void CommandBuffer::array(std::size_t elements) { header('*', elements); }

void CommandBuffer::bulk(std::string_view text) {
    header('$', text.size());
    char* out = grow(text.size() + 2);
    std::memcpy(out, text.data(), text.size());
    std::memcpy(out + text.size(), "\r\n", 2);
}

void CommandBuffer::bulk(std::int64_t number) {
    Digits digits;
    bulk(to_text(digits, number));
}

void CommandBuffer::command(std::span<const std::string_view> words) {
    array(words.size());
    for (const auto word : words) bulk(word);
}

void CommandBuffer::take(OctetBuffer& into) {
    into.clear();
    into.swap(octets_);
}

std::string to_resp(std::size_t elements, std::initializer_list<std::string_view> words) {
    CommandBuffer buffer;
    buffer.array(elements);
    for (const auto word : words) buffer.bulk(word);
    OctetBuffer octets;
    buffer.take(octets);
    return {octets.begin(), octets.end()};
}

}  // namespace busbar::store
