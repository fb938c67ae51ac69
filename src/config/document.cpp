#include "config/document.hpp"

#include "config/describe.hpp"
#include "config/json_text.hpp"
#include "config/table/mapping.hpp"
#include "config/table/settings.hpp"

namespace busbar::config {

const Row& table(Document document) {
    static const Row server = describe<ServerConfig>();
    static const Row client = describe<ClientConfig>();
    static const Row meter = describe<MeterConfig>();
    static const Row mapping = describe<Mapping>();
    static const Row server_start = describe<ServerSettings>();
    static const Row client_start = describe<ClientSettings>();
    static const Row meter_start = describe<MeterSettings>();
    static const Row store_start = describe<StoreSettings>();
    switch (document) {
        case Document::iec104_server: return server;
        case Document::iec104_client: return client;
        case Document::iec102_client: return meter;
        case Document::mapping: return mapping;
        case Document::iec104_server_start: return server_start;
        case Document::iec104_client_start: return client_start;
        case Document::iec102_client_start: return meter_start;
        case Document::store_start: break;
    }
    return store_start;
}

std::string_view title(Document document) {
    switch (document) {
        case Document::iec104_server: return "Configuration of an IEC 104 server connector";
        case Document::iec104_client: return "Configuration of an IEC 104 client connector";
        case Document::iec102_client: return "Configuration of an IEC 102 meter client";
        case Document::mapping: return "Mapping of a server connector";
        case Document::iec104_server_start: return "Start of an IEC 104 server connector";
        case Document::iec104_client_start: return "Start of an IEC 104 client connector";
        case Document::iec102_client_start: return "Start of an IEC 102 meter client";
        case Document::store_start: break;
    }
    return "Access to the store";
}

std::string write_json(const ServerConfig& config) { return to_lines(to_json(config)) + "\n"; }
std::string write_json(const ClientConfig& config) { return to_lines(to_json(config)) + "\n"; }
std::string write_json(const MeterConfig& config) { return to_lines(to_json(config)) + "\n"; }
std::string write_json(const Mapping& mapping) { return to_lines(to_json(mapping)) + "\n"; }

}  // namespace busbar::config
