#include "manage/supervise/private_store.hpp"

#include <stdexcept>

namespace busbar::manage {

namespace {

std::string store_server() {
    for (const char* name : {"valkey-server", "redis-server"}) {
        for (const char* folder : {"/usr/bin", "/usr/local/bin", "/usr/sbin", "/bin"}) {
            if (const auto path = std::filesystem::path(folder) / name; std::filesystem::exists(path)) return path;
        }
    }
    throw std::runtime_error("neither valkey-server nor redis-server is installed");
}

}  // namespace

std::filesystem::path private_store_socket(const std::filesystem::path& folder) { return folder / "store.sock"; }

ChildOptions private_store(const std::filesystem::path& folder) {
    ChildOptions options;
    options.name = "store";
    options.command = {store_server(),
                       "--port",
                       "0",
                       "--unixsocket",
                       private_store_socket(folder),
                       "--unixsocketperm",
                       "700",
                       "--dir",
                       folder,
                       "--save",
                       "",
                       "--appendonly",
                       "yes",
                       "--appendfsync",
                       "always",
                       "--maxmemory-policy",
                       "noeviction",
                       "--notify-keyspace-events",
                       "K$g"};
    options.log_file = folder / "store.log";
    // The store of a service that was killed ends a moment later. Two at once would write to one file and confirm what
    // the other does not know, and the earlier one takes the socket of the later with it.
    options.lock_file = folder / "store.lock";
    return options;
}

}  // namespace busbar::manage
