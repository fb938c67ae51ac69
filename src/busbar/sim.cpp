#include <fmt/format.h>

#include "busbar/sim_options.hpp"
#include "busbar/sim_pages.hpp"
#include "busbar/subcommand.hpp"

namespace busbar::program {

void SimLinkOptions::add_to(CLI::App& page) {
    const CLI::Range seconds(1, 255);
    page.add_option("--t1", t1, "Acknowledgement or confirmation at the latest after so many seconds")
        ->check(seconds)
        ->capture_default_str()
        ->group("Line");
    page.add_option("--t2", t2, "Own acknowledgement at the latest after so many seconds, less than t1")
        ->check(seconds)
        ->capture_default_str()
        ->group("Line");
    page.add_option("--t3", t3, "Test after so many seconds of silence")
        ->check(CLI::Range(1, 172800))
        ->capture_default_str()
        ->group("Line");
    page.add_option("-k", k, "Most I-frames sent and not acknowledged")
        ->check(CLI::Range(1, 32767))
        ->capture_default_str()
        ->group("Line");
    page.add_option("-w", w, "Own acknowledgement at the latest after so many I-frames, at most k")
        ->check(CLI::Range(1, 32767))
        ->capture_default_str()
        ->group("Line");
    page.add_option("--cot-size", cot_size, "Octets of the cause of transmission")
        ->check(CLI::Range(1, 2))
        ->capture_default_str()
        ->group("Line");
    page.add_option("--ca-size", ca_size, "Octets of the common address")
        ->check(CLI::Range(1, 2))
        ->capture_default_str()
        ->group("Line");
    page.add_option("--ioa-size", ioa_size, "Octets of the information object address")
        ->check(CLI::Range(1, 3))
        ->capture_default_str()
        ->group("Line");
}

iec104::LinkConfig SimLinkOptions::link() const {
    iec104::LinkConfig config;
    config.t1 = std::chrono::seconds(t1);
    config.t2 = std::chrono::seconds(t2);
    config.t3 = std::chrono::seconds(t3);
    config.k = static_cast<std::uint16_t>(k);
    config.w = static_cast<std::uint16_t>(w);
    config.shortest_asdu = static_cast<std::uint8_t>(format().header_size());
    if (const auto wrong = iec104::check(config)) throw UsageError(*wrong);
    return config;
}

iec60870::AsduFormat SimLinkOptions::format() const {
    iec60870::AsduFormat format;
    format.cause_size = static_cast<std::uint8_t>(cot_size);
    format.common_address_size = static_cast<std::uint8_t>(ca_size);
    format.ioa_size = static_cast<std::uint8_t>(ioa_size);
    return format;
}

void SimTlsOptions::add_to(CLI::App& page) {
    const auto file = [&](const char* name, auto& value, const char* help) {
        page.add_option(name, value, help)->type_name("FILE")->group("TLS");
    };
    file("--tls-cert", certificate, "Certificate of the simulator, with the chain above it (PEM): the line has TLS");
    file("--tls-key", key, "Its private key (PEM)");
    file("--tls-ca", authorities, "Authority of the peer's certificate (PEM); may be given several times");
    file("--tls-crl", revocations, "Revocation list (PEM); may be given several times");
}

std::shared_ptr<net::TlsEnd> SimTlsOptions::end(net::TlsRole role) const {
    if (certificate.empty()) {
        if (!key.empty() || !authorities.empty() || !revocations.empty()) throw UsageError("--tls-cert is missing");
        return nullptr;
    }
    if (key.empty()) throw UsageError("--tls-key is missing");
    if (authorities.empty()) throw UsageError("--tls-ca is missing");
    net::TlsSettings settings;
    settings.role = role;
    settings.any_host = true;
    settings.certificate_file = certificate;
    settings.key_file = key;
    settings.ca_files = authorities;
    settings.crl_files = revocations;
    auto end = std::make_shared<net::TlsEnd>(std::move(settings));
    end->look();
    if (!end->trouble().empty()) throw UsageError(end->trouble());
    return end;
}

void add_fault_option(CLI::App& page, std::vector<std::string>& faults) {
    std::string help = "Something done wrong on purpose, NAME or NAME:N (may be given several times):";
    for (const sim::FaultDescription& fault : sim::all_faults()) {
        help += fmt::format("\n{} {}", fault.name, fault.sentence);
        if (fault.default_number != 0) help += fmt::format(" ({})", fault.default_number);
    }
    page.add_option("--fault", faults, help)->type_name("NAME[:N]")->allow_extra_args(false)->group("Faults");
}

std::vector<sim::Fault> read_faults(const std::vector<std::string>& texts) {
    std::vector<sim::Fault> faults;
    for (const std::string& text : texts) {
        const auto fault = sim::parse_fault(text);
        if (!fault) throw UsageError("--fault: " + fault.error().what);
        faults.push_back(*fault);
    }
    return faults;
}

void refuse_asdu_faults(const std::vector<sim::Fault>& faults, std::string_view who) {
    for (const sim::Fault& fault : faults) {
        if (fault.kind != sim::FaultKind::damaged_asdu && fault.kind != sim::FaultKind::unknown_type) continue;
        throw UsageError(fmt::format("--fault: {} cannot be given damaged-asdu or unknown-type", who));
    }
}

void add_sim(CLI::App& program, Work& work) {
    CLI::App* page = program.add_subcommand("sim", "The other side of a line: simulated RTU, meters and control room");
    page->require_subcommand(1);
    add_sim_rtu(*page, work);
    add_sim_meter(*page, work);
    add_sim_scada(*page, work);
}

}  // namespace busbar::program
