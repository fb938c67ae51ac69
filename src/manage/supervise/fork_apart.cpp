#include "manage/supervise/fork_apart.hpp"

#include <signal.h>
#include <unistd.h>

namespace busbar::manage {

namespace {

/// What is ignored stays ignored. Only async-signal-safe calls.
void forget_handlers() {
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction action = {};
        if (sigaction(number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
        action = {};
        action.sa_handler = SIG_DFL;
        sigaction(number, &action, nullptr);
    }
}

}  // namespace

pid_t fork_apart() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t child = fork();
    if (child == 0) {
        forget_handlers();
        sigemptyset(&before);
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return child;
}

}  // namespace busbar::manage
