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

std::string command_name(std::string_view message) {
    const auto first = message.find('$');
    if (!message.starts_with('*') || first == std::string_view::npos) return {};
    const auto start = message.find("\r\n", first) + 2;
    std::string name(message.substr(start, message.find("\r\n", start) - start));
    for (char& letter : name) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return name;
}

}  // namespace busbar::tests
