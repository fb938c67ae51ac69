#include "config/server.hpp"

#include "config/read_document.hpp"
#include "config/restart.hpp"
#include "config/table/server.hpp"

namespace busbar::config {

namespace {

constexpr std::size_t max_config_size = std::size_t{1} << 20;

}  // namespace

Reading<ServerConfig> read_server_config(std::string_view json, const ServerConfig& base) {
    return read_document(json, max_config_size, base);
}

bool restart_needed(const ServerConfig& running, const ServerConfig& wanted) {
    return differs_where_it_restarts(running, wanted);
}

}  // namespace busbar::config
