#pragma once

#include <sys/types.h>

namespace busbar::manage {

/// A fork whose child has none of our signal handlers and blocks no signal. Until it becomes another program, a handler
/// there would tell us, by the pipe that event loop and child share, of a signal that was for the child alone: who
/// stops a connector just started would stop the service.
pid_t fork_apart();

}  // namespace busbar::manage
