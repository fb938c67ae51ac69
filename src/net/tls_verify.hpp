#pragma once

#include <openssl/x509.h>

namespace busbar::net {

/// The verify callback of our contexts: OpenSSL's verdict on each certificate of a chain, with our own rules on top.
/// An outdated revocation list is a warning, not a cut; a certificate that is not among the allowed ones is refused
/// however good its chain is. Leaves the reason in the TlsConversation.
int verify_certificate(int good, X509_STORE_CTX* chain);

}  // namespace busbar::net
