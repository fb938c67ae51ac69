#include "manage/openid/base64url.hpp"

#include <sodium.h>

namespace busbar::manage {

std::optional<std::string> from_base64url(std::string_view text) {
    std::string octets(text.size() / 4 * 3 + 3, '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(octets.data()), octets.size(), text.data(), text.size(), "",
                          &size, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    octets.resize(size);
    return octets;
}

std::string to_base64url(std::string_view octets) {
    std::string text(sodium_base64_ENCODED_LEN(octets.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    text.pop_back();  // the NUL
    return text;
}

}  // namespace busbar::manage
