#pragma once

#include <filesystem>
#include <string>

namespace busbar::tests {

/// PEM files of an authority and of a server it vouches for.
struct Certificates {
    std::string authority, certificate, key;
};

/// Makes them in `folder`. `subject`: what the server's certificate is valid for, "DNS:store.example" or
/// "IP:127.0.0.1".
Certificates make_certificates(const std::filesystem::path& folder, const std::string& subject);

}  // namespace busbar::tests
