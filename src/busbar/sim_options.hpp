#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "iec104/link/link.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "net/tls_end.hpp"
#include "sim/wire/fault.hpp"

/// Options that both simulators have.
namespace busbar::program {

/// Times of the link as they are given: seconds.
struct SimLinkOptions {
    long t1 = 15, t2 = 10, t3 = 20;
    unsigned k = 12, w = 8;
    unsigned cot_size = 2, ca_size = 2, ioa_size = 3;

    void add_to(CLI::App& page);
    /// Throws UsageError if the values do not fit each other.
    iec104::LinkConfig link() const;
    iec60870::AsduFormat format() const;
};

/// TLS of a simulator's line; without --tls-cert there is none.
struct SimTlsOptions {
    std::string certificate, key;
    std::vector<std::string> authorities, revocations;

    void add_to(CLI::App& page);
    /// Null without TLS. Throws UsageError if an option is missing or a file cannot be used.
    std::shared_ptr<net::TlsEnd> end(net::TlsRole role) const;
};

/// Adds --fault, with what there is in its help.
void add_fault_option(CLI::App& page, std::vector<std::string>& faults);
/// Throws UsageError naming the fault.
std::vector<sim::Fault> read_faults(const std::vector<std::string>& faults);

/// For who makes no ASDUs of its own. Throws UsageError naming the fault.
void refuse_asdu_faults(const std::vector<sim::Fault>& faults, std::string_view who);

/// Seconds with fractions, as options have them.
inline std::chrono::milliseconds milliseconds(double seconds) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

}  // namespace busbar::program
