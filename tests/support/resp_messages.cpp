#include "support/resp_messages.hpp"

#include <cstdlib>

namespace busbar::tests {

namespace {

/// How long the message at the beginning of `octets` is; 0: not complete.
std::size_t message_size(std::string_view octets) {
    const auto line_end = octets.find("\r\n");
    if (line_end == std::string_view::npos) return 0;
    std::size_t size = line_end + 2;
    const long number = std::atol(std::string(octets.substr(1, line_end - 1)).c_str());
    if (octets[0] == '$' && number >= 0) {
        size += static_cast<std::size_t>(number) + 2;
        return size <= octets.size() ? size : 0;
    }
    for (long i = 0; octets[0] == '*' && i < number; ++i) {
        const std::size_t element = message_size(octets.substr(size));
        if (element == 0) return 0;
        size += element;
    }
    return size;
}

}  // namespace

void RespMessages::add(std::string_view octets) {
    waiting_.erase(0, taken_);
    taken_ = 0;
    waiting_ += octets;
}

std::optional<std::string> RespMessages::take() {
    const std::size_t size = message_size(std::string_view(waiting_).substr(taken_));
    if (size == 0) return std::nullopt;
    taken_ += size;
    return waiting_.substr(taken_ - size, size);
}

CommandStart command_start(std::string_view message) {
    CommandStart start;
    if (!message.starts_with('*')) return start;
    std::size_t place = 0;
    for (std::string* word : {&start.name, &start.key}) {
        place = message.find('$', place);
        if (place == std::string_view::npos) return start;
        place = message.find("\r\n", place) + 2;
        *word = message.substr(place, message.find("\r\n", place) - place);
        place += word->size();
    }
    for (char& letter : start.name) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return start;
}

}  // namespace busbar::tests
