#pragma once

#include <cstdint>
#include <string>

namespace busbar::tests {

/// "127.0.0.1:2404", or the path of a unix socket; `source`: from this address ("127.0.0.2:0"). Blocking; throws
/// std::runtime_error with the reason.
int connect_to(const std::string& address, const std::string& source = {});
int listen_on(const std::string& address, int backlog = 128);
std::uint16_t local_port(int descriptor);
/// Closes with a reset instead of an orderly end.
void reset_connection(int descriptor);

}  // namespace busbar::tests
