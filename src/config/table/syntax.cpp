#include "config/table/syntax.hpp"

#include <algorithm>
#include <charconv>

namespace busbar::config {

namespace {

bool is_letter_or_digit(char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z');
}

bool is_hex_digit(char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f') ||
           (character >= 'A' && character <= 'F');
}

bool consists_of_letters_digits_and(std::string_view others, std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [&](char character) {
        return is_letter_or_digit(character) || others.find(character) != std::string_view::npos;
    });
}

}  // namespace

bool is_connector_id(std::string_view text) { return consists_of_letters_digits_and("._@+-", text); }

bool is_store_key(std::string_view text) {
    return !text.empty() && std::ranges::none_of(text, [](char character) { return character == ' '; });
}

bool is_endpoint(std::string_view text) { return parse_endpoint(text, default_endpoint_port).has_value(); }

bool is_fingerprint(std::string_view text) {
    constexpr std::string_view algorithm = "sha256:";
    if (!text.starts_with(algorithm)) return false;
    text.remove_prefix(algorithm.size());
    // "AB:CD:…" as openssl prints it, or without the colons.
    unsigned digits = 0;
    for (const char character : text) {
        if (is_hex_digit(character))
            ++digits;
        else if (character != ':' || digits % 2 != 0)
            return false;
    }
    return digits == 64;
}

bool is_zone_name(std::string_view text) {
    // It becomes part of a file name: no dots, no way out of the folder.
    return consists_of_letters_digits_and("_+-/", text) && !text.starts_with('/') && !text.ends_with('/') &&
           text.find("//") == std::string_view::npos;
}

bool is_plain_name(std::string_view text) {
    // Letters of other alphabets are octets above ASCII.
    const auto fits = [](char character) {
        return is_letter_or_digit(character) || character == '_' || character == '-' || character == ' ' ||
               static_cast<unsigned char>(character) >= 0x80;
    };
    return !text.empty() && text.front() != ' ' && text.back() != ' ' && std::ranges::all_of(text, fits);
}

bool is_interface_address(std::string_view text) {
    return text == "localhost" || (text.find('/') == std::string_view::npos && is_address_or_network(text));
}

bool is_meter_password(std::string_view text) {
    std::uint32_t number = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end;
}

}  // namespace busbar::config
