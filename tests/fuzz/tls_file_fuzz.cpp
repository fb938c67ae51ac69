// Any octets as a PEM file of TLS: no crash, and what is refused is named.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/tls_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = busbar::net::read_tls_file({reinterpret_cast<const char*>(data), size});
    if (!file && file.error().what.empty()) std::abort();
    return 0;
}
