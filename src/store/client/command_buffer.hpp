#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/octets.hpp"

namespace busbar::store {

/// Commands in RESP, appended one after the other without allocation once it has grown. A command is `array(n)` and n
/// times `bulk`; what never changes is made once with `to_resp` and appended with `raw`.
class CommandBuffer {
public:
    void array(std::size_t elements);
    void bulk(std::string_view text);
    void bulk(std::int64_t number);
    void raw(std::string_view resp);
    /// A whole command of texts.
    void command(std::span<const std::string_view> words);

    std::size_t size() const { return octets_.size(); }
    void truncate(std::size_t size) { octets_.resize(size); }
    /// Swaps all octets into `into`, which is cleared first.
    void take(OctetBuffer& into);

private:
    char* grow(std::size_t by);
    void header(char kind, std::size_t number);

    OctetBuffer octets_;
};

/// The head of a command for `raw`: an array of `elements`, of which the first `words` are given here.
std::string to_resp(std::size_t elements, std::initializer_list<std::string_view> words);

}  // namespace busbar::store
