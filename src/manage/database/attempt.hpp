#pragma once

#include <functional>
#include <string_view>

namespace busbar::manage {

/// For what no request asked for (timers, answers of the store): does it, and says on standard error what throws, such
/// as a full disk. False: it was not done; the caller tries again later. The service and its connectors go on.
bool attempt(std::string_view what, const std::function<void()>& work);

}  // namespace busbar::manage
