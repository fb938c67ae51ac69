#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "store/keys.hpp"

namespace busbar::store {

/// Which image keys an ImageWatch compares next, and when; without store and clock. A SET that is told is compared
/// after `settle`, so that the entry that explains it can come, and before `longest_wait`. Where SETs are not told the
/// whole image is read again and again, `poll_every` from beginning to beginning. That leaves half of the second in
/// which a SET has to be seen for reading, writing and sending.
class ImageSuspects {
public:
    static constexpr Duration settle = std::chrono::milliseconds{250};
    static constexpr Duration longest_wait = 2 * settle;
    static constexpr Duration poll_every = std::chrono::milliseconds{500};
    /// The store's rest between two readings of an image that takes long to read.
    static constexpr Duration poll_rest = std::chrono::milliseconds{100};
    /// More keys at a time are compared only if they had more SETs than entries.
    static constexpr std::size_t few_keys = 2000;
    static constexpr std::size_t max_keys = 200'000;  // beyond: the whole image is read instead

    /// What to read and compare now.
    struct Work {
        bool all = false;
        std::vector<ImageAddress> addresses;
    };

    void set_told(ImageAddress address, TimePoint now);
    /// An entry of the stream explains one SET of that key.
    void entry_seen(ImageAddress address, TimePoint now);
    /// Everything, not later than `when`; the keys that were told so far are among it.
    void look_at_all(TimePoint when);
    /// A whole look that began with the last take_due() is over: when the next one is due, where SETs are not told.
    void poll(TimePoint now);

    /// Nothing is due, or nothing is left to compare. Not called while what it gave last is still being compared.
    std::optional<Work> take_due(TimePoint now);
    /// Nothing: not before more is told.
    std::optional<TimePoint> next_deadline() const;
    void clear();

private:
    struct Hash {
        std::size_t operator()(ImageAddress address) const {
            return std::hash<std::uint64_t>{}(std::uint64_t{address.casdu} << 32 | address.ioa);
        }
    };
    struct Told {
        std::int32_t sets = 0, entries = 0;
    };
    using Suspects = std::unordered_map<ImageAddress, Told, Hash>;

    Told& told_of(ImageAddress address, TimePoint now);
    std::vector<ImageAddress> take_settled();

    Suspects fresh_, settled_;           // keys that were SET or had an entry since the last step, and before
    std::optional<TimePoint> step_due_;  // while there are suspects
    std::optional<TimePoint> all_due_;
    TimePoint all_began_{};
};

}  // namespace busbar::store
