#include "net/tls_words.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace busbar::net {

namespace {

char lower(char character) { return static_cast<char>(std::tolower(static_cast<unsigned char>(character))); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ' && !text.ends_with("\\ ")) text.remove_suffix(1);
    return text;
}

/// "CN=a,O=b\, c" -> "cn=a", "o=b\, c".
std::vector<std::string> attributes_of(std::string_view subject) {
    std::vector<std::string> attributes;
    for (std::size_t start = 0; start <= subject.size();) {
        std::size_t end = start;
        while (end < subject.size() && subject[end] != ',') end += subject[end] == '\\' ? 2U : 1U;
        end = std::min(end, subject.size());
        std::string attribute(trimmed(subject.substr(start, end - start)));
        const auto equals = std::ranges::find(attribute, '=');
        std::ranges::transform(attribute.begin(), equals, attribute.begin(), lower);
        if (!attribute.empty()) attributes.push_back(std::move(attribute));
        start = end + 1;
    }
    return attributes;
}

}  // namespace

std::string normalized_fingerprint(std::string_view text) {
    constexpr std::string_view algorithm = "sha256:";
    std::string normalized(algorithm);
    text.remove_prefix(std::min(text.size(), algorithm.size()));
    for (const char character : text) {
        if (character != ':' && character != ' ') normalized += lower(character);
    }
    return normalized;
}

bool has_attributes(std::string_view subject, std::string_view wanted) {
    const auto there = attributes_of(subject);
    const auto asked = attributes_of(wanted);
    return !asked.empty() && std::ranges::all_of(asked, [&](const auto& attribute) {
        return std::ranges::find(there, attribute) != there.end();
    });
}

}  // namespace busbar::net
