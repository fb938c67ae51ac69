#include "manage/actions/request_metrics.hpp"

#include <fmt/format.h>

namespace busbar::manage {

RequestMetrics::RequestMetrics()
    : answered_(prometheus::BuildCounter()
                    .Name("busbar_http_requests_total")
                    .Help("Requests to the API by the class of their answer")
                    .Register(registry_)),
      took_(prometheus::BuildHistogram()
                .Name("busbar_http_request_duration_seconds")
                .Help("From the whole request to its answer")
                .Register(registry_)
                .Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.005, 0.02, 0.05, 0.2, 1, 5})) {}

void RequestMetrics::count(unsigned status, std::chrono::duration<double> took) {
    answered_.Add({{"code", fmt::format("{}xx", status / 100)}}).Increment();
    took_.Observe(took.count());
}

}  // namespace busbar::manage
