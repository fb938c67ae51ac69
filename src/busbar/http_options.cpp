#include "busbar/http_options.hpp"

namespace busbar::program {

std::vector<CLI::Option*> add_http_options(CLI::App& page, manage::HttpOptions& options) {
    return {page.add_option("--http-address", options.address, "Address of the API")->capture_default_str(),
            page.add_option("--http-port", options.port, "TCP port of the API")->capture_default_str(),
            page.add_option("--http-certificate", options.certificate_file,
                            "PEM file with the API's certificate and the chain above it; without it there is no TLS"),
            page.add_option("--http-key", options.key_file, "PEM file with its key"),
            page.add_flag("--http-plain", options.plain,
                          "Without TLS on an address that others can reach: a proxy in front does it")};
}

}  // namespace busbar::program
