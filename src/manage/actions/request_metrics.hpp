#pragma once

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <vector>

namespace busbar::manage {

/// What became of requests to the API.
class RequestMetrics {
public:
    RequestMetrics();

    /// `took`: from the whole request to its answer.
    void count(unsigned status, std::chrono::duration<double> took);
    std::vector<prometheus::MetricFamily> families() const { return registry_.Collect(); }

private:
    prometheus::Registry registry_;
    prometheus::Family<prometheus::Counter>& answered_;
    prometheus::Histogram& took_;
};

}  // namespace busbar::manage
