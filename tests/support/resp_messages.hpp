#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace busbar::tests {

/// Cuts a flow of RESP into whole commands or replies. The tests' own few lines, so that they depend on nothing they
/// test.
class RespMessages {
public:
    void add(std::string_view octets);
    /// The next whole message, if there is one.
    std::optional<std::string> take();

private:
    std::string waiting_;
    std::size_t taken_ = 0;  // of waiting_
};

/// What a command is called, "XADD", and its first argument; empty if there is none.
struct CommandStart {
    std::string name, key;
};
CommandStart command_start(std::string_view message);

}  // namespace busbar::tests
