#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace busbar::manage {

/// Which jobs have changed, in the order of their last change. Who watches remembers how far he was told and asks for
/// what came after it, so nothing is kept for him. Pure.
class JobChanges {
public:
    static constexpr std::size_t most = 256;

    void add(std::int64_t job);
    /// The number of the last change.
    std::uint64_t last() const { return last_; }
    /// Those that changed after change `number`, each once. Nothing: that is too long ago, look at all.
    std::optional<std::vector<std::int64_t>> after(std::uint64_t number) const;

private:
    struct Change {
        std::uint64_t number;
        std::int64_t job;
    };
    std::deque<Change> changes_;
    std::uint64_t last_ = 0, forgotten_ = 0;
};

/// Jobs as the topic of that name sees them.
class JobSource {
public:
    virtual ~JobSource() = default;
    virtual const JobChanges& changes() const = 0;
    /// Newest first, without what was found in the rows.
    virtual std::vector<boost::json::object> list() const = 0;
    /// One of them; nothing: it is not, or no longer, on the list.
    virtual std::optional<boost::json::object> summary(std::int64_t job) const = 0;
};

}  // namespace busbar::manage
