#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <span>

#include "busbar/document.hpp"
#include "busbar/subcommand.hpp"
#include "config/table/client.hpp"
#include "config/table/server.hpp"
#include "iec60870/asdu/type_table.hpp"

/// The interoperability statement (IEC 60870-5-104, clause 9): what each station of Busbar supports, drawn from the
/// table of types and the tables of options.
namespace busbar::program {

namespace {

using iec60870::Direction;
using iec60870::TypeDescription;
using iec60870::TypeId;

enum class Role { controlled, controlling };

/// Types of control direction that the stations use, beside those of process information.
bool is_supported(const TypeDescription& type) {
    const TypeId id = type.id;
    if (id <= 40 || id == 70) return true;
    const bool command = (id >= 45 && id <= 51) || (id >= 58 && id <= 64);
    const bool system = id == 100 || id == 101 || id == 102 || id == 103 || id == 105 || id == 107;
    const bool parameter = id >= 110 && id <= 113;
    const bool file = id >= 120 && id <= 126;
    return command || system || parameter || file;
}

/// The causes that the statement has columns for, interrogation groups taken together.
struct CauseColumn {
    std::string_view head;
    unsigned first, last;
};
constexpr CauseColumn columns[] = {{"1", 1, 1},    {"2", 2, 2},       {"3", 3, 3},       {"4", 4, 4},
                                   {"5", 5, 5},    {"6", 6, 6},       {"7", 7, 7},       {"8", 8, 8},
                                   {"9", 9, 9},    {"10", 10, 10},    {"11", 11, 11},    {"12", 12, 12},
                                   {"13", 13, 13}, {"20-36", 20, 36}, {"37-41", 37, 41}, {"44-47", 44, 47}};

bool permits_any(const TypeDescription& type, const CauseColumn& column) {
    for (unsigned cause = column.first; cause <= column.last; ++cause) {
        if (((type.control_causes | type.monitor_causes) >> cause & 1) != 0) return true;
    }
    return false;
}

void add_types(Document& document, Direction direction, std::string_view heading) {
    document.heading(std::string(heading));
    std::vector<Document::Row> rows{{"Type", "Name", "Meaning", "Supported"}};
    for (const TypeDescription& type : iec60870::all_types()) {
        if (type.direction != direction) continue;
        rows.push_back({std::to_string(type.id), std::string(type.name), std::string(type.label),
                        is_supported(type) ? "X" : "no"});
    }
    document.table(std::move(rows));
}

void add_causes(Document& document) {
    document.heading("Types and causes of transmission");
    document.paragraph(
        "X: used in the direction that the type and the cause belong to. 20-36: interrogation, 37-41: counter "
        "interrogation, "
        "44-47: refusals.");
    Document::Row head{"Type", "Name"};
    for (const auto& column : columns) head.emplace_back(column.head);
    std::vector<Document::Row> rows{std::move(head)};
    for (const TypeDescription& type : iec60870::all_types()) {
        if (!is_supported(type)) continue;
        Document::Row row{std::to_string(type.id), std::string(type.name)};
        for (const auto& column : columns) row.emplace_back(permits_any(type, column) ? "X" : "");
        rows.push_back(std::move(row));
    }
    document.table(std::move(rows));
}

void add_functions(Document& document, Role role) {
    const bool controlled = role == Role::controlled;
    const std::string freeze = "X: freeze of a copy (FRZ 1); reset is refused";
    document.heading("Basic application functions");
    document.table({
        {"Function", "Supported"},
        {"Station initialization", controlled ? "X, end of initialization can be turned off" : "X, interrogates again"},
        {"Cyclic data transmission", controlled ? "X, by mapping" : "X, received"},
        {"Background scan", controlled ? "X, by mapping" : "X, received"},
        {"Read procedure", "X"},
        {"Spontaneous transmission", "X"},
        {"Double transmission of information objects", controlled ? "X, by mapping, for each point" : "X, received"},
        {"Station interrogation, global and groups 1 to 16", "X"},
        {"Clock synchronization", controlled ? "X, confirmed and its offset recorded; the clock is not set"
                                             : "X, option, after start and cyclically"},
        {"Command transmission: direct, select and execute", "X"},
        {"Command transmission: time-tagged, with greatest age", "X"},
        {"Short pulse, long pulse, persistent output", controlled ? "X, passed on" : "X, as commanded"},
        {"Transmission of integrated totals: general request, groups 1 to 4", "X"},
        {"Counter freeze and reset", controlled ? freeze : "X, by option and request"},
        {"Parameter loading and activation", "X, passed on like commands"},
        {"Test procedure", "X"},
        {"Reset process", controlled ? "by option: general reset (QRP 1); QRP 2 is refused" : "X, by request"},
        {"File transfer", controlled
                              ? "X, option: directory and files to the control room; loading and deletion by option"
                              : "X, option: directory, fetch and send by request"},
        {"Private types", "by option, objects of a fixed size in monitor direction; others are mirrored with cause 44"},
    });
}

/// Rows of the protocol's options that are numbers.
template <class Struct>
void add_parameters(std::vector<Document::Row>& rows, std::initializer_list<std::string_view> wanted) {
    const Struct defaults{};
    const auto visit = [&](const auto& option) {
        if constexpr (requires { (defaults.*option.member).count(); } ||
                      std::is_integral_v<std::remove_cvref_t<decltype(defaults.*option.member)>>) {
            if (std::ranges::find(wanted, option.key) == wanted.end()) return;
            std::string value;
            if constexpr (requires { (defaults.*option.member).count(); }) {
                value = std::to_string((defaults.*option.member).count());
            } else {
                value = std::to_string(defaults.*option.member);
            }
            rows.push_back({std::string(option.key), value,
                            fmt::format("{} - {}", option.range.least, option.range.most), std::string(option.unit)});
        }
    };
    std::apply([&](const auto&... option) { (visit(option), ...); }, config::options<Struct>);
}

Document statement(Role role) {
    const bool controlled = role == Role::controlled;
    Document document(fmt::format("IEC 60870-5-104 interoperability: Busbar {} as {} station", BUSBAR_VERSION,
                                  controlled ? "controlled" : "controlling"));
    document.paragraph(controlled ? "This is what `busbar iec104-server` does towards control systems."
                                  : "This is what `busbar iec104-client` does towards RTUs and substations.");
    document.heading("System, network and physical layer");
    document.table(
        {{"Item", "Value"},
         {"Device function", controlled ? "Controlled station" : "Controlling station"},
         {"Network", "TCP over Ethernet; TLS 1.2 and 1.3 by IEC 62351-3, mutual authentication"},
         {"Port", controlled ? "2404; 2405-2420, and 19998 with TLS, without more ado; others by option"
                             : "2404 by default, any"},
         {"Redundant connections", controlled ? "Groups by client address or certificate, one started connection each"
                                              : "Several addresses of one station, one started connection"},
         {"Greatest APDU", "253 octets; shorter ASDUs by option"}});
    document.heading("Application layer");
    document.table({{"Item", "Value"},
                    {"Transmission mode", "Mode 1, least significant octet first"},
                    {"Common address of ASDU", "2 octets (1 by option)"},
                    {"Information object address", "3 octets, structured or not (1 or 2 by option)"},
                    {"Cause of transmission", "2 octets with originator address (1 by option)"}});
    document.heading("Parameters");
    std::vector<Document::Row> parameters{{"Parameter", "Default", "Range", "Unit"}};
    if (!controlled) add_parameters<config::ClientProtocol>(parameters, {"t0"});
    add_parameters<config::Protocol>(parameters, {"t1", "t2", "t3", "k", "w"});
    document.table(std::move(parameters));
    add_types(document, Direction::monitor, "ASDUs in monitor direction");
    add_types(document, Direction::control, "ASDUs in control direction");
    add_causes(document);
    add_functions(document, role);
    return document;
}

}  // namespace

void add_interoperability(CLI::App& program, Work& work) {
    struct Options {
        std::string station = "controlled", format = "markdown";
    };
    auto options = std::make_shared<Options>();
    CLI::App* page = program.add_subcommand("interoperability", "The interoperability statement of each station");
    page->add_option("station", options->station, "Whose: controlled (iec104-server) or controlling (iec104-client)")
        ->check(CLI::IsMember({"controlled", "controlling"}))
        ->capture_default_str();
    page->add_option("--format", options->format, "markdown or html")
        ->check(CLI::IsMember({"markdown", "html"}))
        ->capture_default_str();
    page->final_callback([&work, options] {
        work = [options] {
            const Document document =
                statement(options->station == "controlled" ? Role::controlled : Role::controlling);
            std::cout << (options->format == "html" ? document.html() : document.markdown());
            return static_cast<int>(exit_good);
        };
    });
}

}  // namespace busbar::program
