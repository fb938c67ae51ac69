#pragma once

#include <memory>
#include <utility>

#include "manage/rest/api.hpp"
#include "manage/rest/http.hpp"

namespace busbar::manage {

/// A request that is answered once, whatever happens: when the last who could answer has let go of it without a word
/// (what he did threw), it has failed.
class SureAnswer {
public:
    explicit SureAnswer(Respond respond) : respond_(std::move(respond)) {}
    ~SureAnswer() {
        try {
            say(problem_response(
                {Problem::Kind::failed, "failed", "the service could not do it; its log says why", {}}));
        } catch (const std::exception&) {  // no memory: the client finds out by its own patience
        }
    }
    SureAnswer(const SureAnswer&) = delete;
    SureAnswer& operator=(const SureAnswer&) = delete;

    void say(HttpResponse response) {
        if (auto respond = std::exchange(respond_, nullptr)) respond(std::move(response));
    }

private:
    Respond respond_;
};

}  // namespace busbar::manage
