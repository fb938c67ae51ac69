#include "config/client.hpp"

#include "config/read_document.hpp"
#include "config/restart.hpp"
#include "config/table/client.hpp"

namespace busbar::config {

namespace {

constexpr std::size_t max_config_size = std::size_t{1} << 20;

}  // namespace

Reading<ClientConfig> read_client_config(std::string_view json, const ClientConfig& base) {
    return read_document(json, max_config_size, base);
}

bool restart_needed(const ClientConfig& running, const ClientConfig& wanted) {
    return differs_where_it_restarts(running, wanted);
}

}  // namespace busbar::config
