#pragma once

#include <openssl/x509.h>

#include <optional>
#include <string>

#include "base/time.hpp"

/// What stands in a certificate, in words.
namespace busbar::net {

/// "CN=scada-a,O=Utility": the attributes in the order of RFC 2253 (the most special first), special characters
/// escaped.
std::string subject_of(const X509* certificate);
/// The same for any name: that of the authority of a revocation list, say.
std::string text_of(const X509_NAME* name);
/// "sha256:" and 64 lower-case digits.
std::string fingerprint_of(const X509* certificate);
/// Nothing if the time makes no sense.
std::optional<UtcTime> time_of(const ASN1_TIME* time);

}  // namespace busbar::net
