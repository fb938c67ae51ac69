#pragma once

#include <array>
#include <map>
#include <optional>
#include <utility>

#include "iec60870/asdu/asdu.hpp"
#include "sim/rtu/substation.hpp"

namespace busbar::sim {

/// The parameters of an RTU's measured values: what P_ME_NA/NB/NC_1 have loaded, and whether P_AC_NA_1 has put it into
/// operation. A loaded parameter is in operation at once.
class Parameters {
public:
    /// How a request is answered: confirmed, confirmed negatively, or with cause 47.
    enum class Verdict : std::uint8_t { accepted, refused, unknown };

    /// `objects` must outlive this and not move.
    explicit Parameters(const std::vector<SimParameter>& objects);

    /// Types 110-112.
    Verdict load(const iec60870::AsduView& request);
    /// QPA 1 (address 0: all of the station) and 2; `on` false: out of operation (POP).
    Verdict activate(CommonAddress common_address, Ioa ioa, bool on);

    /// What an interrogation says of a parameter object: the kind that was loaded last.
    struct Report {
        const SimParameter* object;
        ElementOctets element;
    };
    template <class Visit>
    void for_each_loaded(Visit visit) const {
        for (const auto& [address, entry] : entries_) {
            if (entry.last != 0) visit(report(entry));
        }
    }

    /// KPA 1: the point has moved less than its threshold since it was sent last; else remembers that it is sent now.
    bool is_below_threshold(const SimPoint& point);

private:
    static constexpr unsigned kinds = 4;  // KPA 1-4: threshold, smoothing factor, low limit, high limit
    struct Entry {
        const SimParameter* object = nullptr;
        std::array<ElementOctets, kinds + 1> loaded;  // by KPA; size 0: not loaded
        unsigned last = 0;
        bool in_operation = true;
        std::optional<double> sent;  // the measured value when it was sent last
    };
    static Report report(const Entry& entry);

    using Address = std::pair<CommonAddress, Ioa>;
    std::map<Address, Entry> entries_;
    std::map<Address, Address> by_measured_value_;
};

}  // namespace busbar::sim
