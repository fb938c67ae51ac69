#include "busbar/store_visit.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "connector/common/life.hpp"

namespace busbar::program {

StoreVisit::StoreVisit(const config::StoreOptions& options)
    : name_(config::to_string(options)), store_(loop_, connector::client_options(options)) {}

int StoreVisit::run(std::function<void()> work) {
    work_ = std::move(work);
    store_.start();
    loop_.run();
    store_.stop();
    if (!trouble_.empty()) throw std::runtime_error(fmt::format("the store at {}: {}", name_, trouble_));
    return code_;
}

void StoreVisit::finish(int code) {
    code_ = code;
    loop_.stop();
}

void StoreVisit::News::connected() {
    if (const auto work = std::exchange(visit_.work_, nullptr)) work();
}

void StoreVisit::News::disconnected(const std::string& reason) {
    visit_.trouble_ = reason;
    visit_.loop_.stop();
}

}  // namespace busbar::program
