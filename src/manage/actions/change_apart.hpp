#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

/// A change of the database that takes its time: `work` on the worker's thread, with a connection of its own; it calls
/// `alone` before it takes the database, from where on others wait. `done` in the loop.
template <class Value>
void change_apart(Installation& installation,
                  std::function<Outcome<Value>(Database& own, const std::function<void()>& alone)> work,
                  std::function<void(Outcome<Value>)> done) {
    static constexpr std::size_t most_waiting = 32;
    if (installation.worker.waiting() >= most_waiting)
        return done(refuse(Problem::Kind::too_many, "too_many_jobs", "too much is being done already; try again"));
    struct State {
        Outcome<Value> outcome = refuse(Problem::Kind::failed, "failed", "");
        bool closed = false;
    };
    installation.worker.run([&installation, file = installation.database.file(), work = std::move(work),
                             done = std::move(done)]() -> std::function<void()> {
        const auto state = std::make_shared<State>();
        try {
            Database own(file);
            state->outcome = work(own, [&] {
                state->closed = true;
                installation.gate.close();
            });
        } catch (const std::exception& error) {
            state->outcome = refuse(Problem::Kind::failed, "failed", error.what());
        }
        return [&installation, state, done] {
            if (state->closed) installation.gate.open();
            done(std::move(state->outcome));
        };
    });
}

}  // namespace busbar::manage
