#pragma once

#include "manage/supervise/supervision.hpp"

namespace busbar::manage {

/// Connectors that somebody else runs, on this machine or another: what is wanted is known, and nothing done for it.
class Elsewhere : public Supervision {
public:
    void set(const std::vector<Supervised>&) override {}
    Result<void> restart(std::string_view id) override {
        return fail(std::string(id) + " is run elsewhere; restart it there");
    }
    void end(std::function<void()> done) override { done(); }
    std::optional<ProcessView> view(std::string_view) const override {
        return ProcessView{.state = ProcessView::State::elsewhere};
    }
    Result<std::filesystem::path> log(std::string_view id) const override {
        return fail(std::string(id) + " is run elsewhere; its log is there");
    }
};

}  // namespace busbar::manage
