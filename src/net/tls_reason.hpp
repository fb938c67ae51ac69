#pragma once

#include <string>

/// What OpenSSL says, in words for who has to put it right.
namespace busbar::net {

/// Of an X509_V_ERR_…: "it has expired".
std::string certificate_fault(long error);

/// Of the newest entry of OpenSSL's error queue, which is emptied: "no cipher suite in common". "unknown error" if
/// there is none.
std::string last_tls_error();

}  // namespace busbar::net
