#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include "busbar/decode_ft12.hpp"
#include "busbar/decode_json.hpp"
#include "busbar/decode_stream.hpp"
#include "busbar/decode_text.hpp"
#include "busbar/subcommand.hpp"
#include "sim/wire/capture_reader.hpp"

namespace busbar::program {
namespace {

struct DecodeOptions {
    std::string file = "-", hex;
    bool json = false, ft12 = false, show_passwords = false;
    std::vector<std::uint16_t> ports;  // empty: the usual one
    iec60870::AsduFormat format;
};

constexpr std::uint16_t usual_apdu_port = 2404, usual_ft12_port = 4001;

/// Prints what a sink has gathered, now and then.
class Printer {
public:
    explicit Printer(const DecodeOptions& options) {
        if (options.ft12 && options.json) {
            output_ = std::make_unique<Ft12JsonOutput>(text_, options.show_passwords);
        } else if (options.ft12) {
            output_ = std::make_unique<Ft12TextOutput>(text_, options.show_passwords);
        } else if (options.json) {
            output_ = std::make_unique<JsonOutput>(text_, options.format);
        } else {
            output_ = std::make_unique<TextOutput>(text_, options.format);
        }
    }
    ~Printer() { print(); }
    Printer(const Printer&) = delete;
    Printer& operator=(const Printer&) = delete;

    ApduOutput& output() { return *output_; }
    void print() {
        std::cout << text_;
        text_.clear();
    }

private:
    std::string text_;
    std::unique_ptr<ApduOutput> output_;
};

std::unique_ptr<FrameStream> make_stream(const DecodeOptions& options, ApduOutput& output) {
    if (options.ft12) return std::make_unique<Ft12Stream>(output);
    return std::make_unique<ApduStream>(output);
}

/// Both directions of every connection on the ports in question.
class Connections {
public:
    Connections(ApduOutput& output, const DecodeOptions& options) : output_(&output), options_(&options) {}

    void take(const sim::TcpData& data) {
        if (!is_wanted(data.source.port) && !is_wanted(data.destination.port)) return;
        const ApduPlace place{data.frame, 0, data.time, data.source.to_string(), data.destination.to_string()};
        if (streams_.size() >= most_streams) finish();
        auto [found, is_new] =
            streams_.try_emplace({data.connection, place.source}, Stream{nullptr, place.destination});
        if (is_new) found->second.frames = make_stream(*options_, *output_);
        FrameStream& stream = *found->second.frames;
        if (data.gap || (is_new && !data.begins)) stream.lose_track(place);
        stream.feed(data.octets, place);
    }

    void finish() {
        for (auto& [key, stream] : streams_) stream.frames->finish({0, 0, {}, key.second, stream.destination});
        streams_.clear();
    }

private:
    static constexpr std::size_t most_streams = 131072;

    struct Stream {
        std::unique_ptr<FrameStream> frames;
        std::string destination;
    };

    bool is_wanted(std::uint16_t port) const {
        return std::ranges::find(options_->ports, port) != options_->ports.end();
    }

    ApduOutput* output_;
    const DecodeOptions* options_;
    std::map<std::pair<unsigned, std::string>, Stream> streams_;
};

int decode_capture(const DecodeOptions& options) {
    auto reader = sim::CaptureReader::open(options.file);
    if (!reader) throw std::runtime_error(reader.error().what);
    Printer printer(options);
    Connections connections(printer.output(), options);
    while (const auto data = reader->next()) {
        connections.take(*data);
        printer.print();
    }
    connections.finish();
    if (reader->error().empty()) return exit_good;
    printer.print();
    fmt::print(stderr, "busbar: {}: {}\n", options.file, reader->error());
    return exit_failed;
}

/// Frames in hex, one behind the other, however they are broken into lines; a comment begins with '#', or with the JSON
/// that a golden frame means. The number of the line takes the place of the packet's. After a fault the next line is
/// tried.
int decode_hex(const DecodeOptions& options, std::istream& input) {
    Printer printer(options);
    const auto stream = make_stream(options, printer.output());
    ApduPlace place;
    int code = exit_good;
    for (std::string line; std::getline(input, line);) {
        ++place.frame;
        const auto octets = from_hex(std::string_view{line}.substr(0, line.find_first_of("#{[")));
        if (octets) {
            if (stream->has_ended()) stream->restart(place);
            stream->feed(*octets, place);
        } else {
            printer.output().fault(place, fmt::format("character {}: {}", octets.error().at + 1, octets.error().what));
            code = exit_failed;
        }
        printer.print();
    }
    stream->finish({});
    return code;
}

/// Anything else is left to libpcap, whose complaint names the file. A pcapng file begins with line ends.
bool is_hex_text(std::string_view start) {
    constexpr std::string_view text = "0123456789abcdefABCDEF: \t\r\n#";
    if (start.starts_with('#')) return true;
    return start.find_first_not_of(text) == std::string_view::npos && start != "\n\r\r\n";
}

/// The first octets of standard input, which remain to be read.
std::string look_at_input() {
    std::string start;
    for (int c = 0; start.size() < 4 && (c = std::getc(stdin)) != EOF;) start += static_cast<char>(c);
    for (auto c = start.rbegin(); c != start.rend(); ++c) std::ungetc(static_cast<unsigned char>(*c), stdin);
    return start;
}

int decode(const DecodeOptions& options) {
    if (!options.hex.empty()) {
        std::istringstream text(options.hex);
        return decode_hex(options, text);
    }
    if (options.file == "-")
        return is_hex_text(look_at_input()) ? decode_hex(options, std::cin) : decode_capture(options);
    std::ifstream file(options.file, std::ios::binary);
    if (!file) throw std::runtime_error(options.file + ": cannot be opened");
    std::string start(4, '\0');
    file.read(start.data(), 4);
    start.resize(static_cast<std::size_t>(file.gcount()));
    if (!is_hex_text(start)) return decode_capture(options);
    file.clear();
    file.seekg(0);
    return decode_hex(options, file);
}

}  // namespace

void add_decode(CLI::App& program, Work& work) {
    auto options = std::make_shared<DecodeOptions>();
    CLI::App* page = program.add_subcommand("decode", "Shows what captures (pcap, pcapng) or frames in hex say");
    auto* file =
        page->add_option("file", options->file, "Capture or hex text; - is standard input")->capture_default_str();
    page->add_option("--hex", options->hex, "Octets in hex instead of a file")->type_name("OCTETS")->excludes(file);
    page->add_flag("--ft12", options->ft12,
                   "The lines of meters: FT1.2 frames of IEC 60870-5-102 (REE), also over TCP");
    page->add_flag("--show-passwords", options->show_passwords, "With --ft12: passwords are shown, not concealed")
        ->needs("--ft12");
    page->add_flag("--json", options->json, "A JSON line for each information object instead of a tree for each APDU");
    page->add_option("--port", options->ports, "TCP ports of controlled stations, of meters: 2404,2405")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->default_str(fmt::format("{}, with --ft12 {}", usual_apdu_port, usual_ft12_port));
    page->add_option("--cot-size", options->format.cause_size, "Octets of the cause of transmission")
        ->check(CLI::Range(1, 2))
        ->capture_default_str();
    page->add_option("--ca-size", options->format.common_address_size, "Octets of the common address")
        ->check(CLI::Range(1, 2))
        ->capture_default_str();
    page->add_option("--ioa-size", options->format.ioa_size, "Octets of the information object address")
        ->check(CLI::Range(1, 3))
        ->capture_default_str();
    page->final_callback([&work, options] {
        work = [options] {
            if (options->ports.empty()) options->ports = {options->ft12 ? usual_ft12_port : usual_apdu_port};
            return decode(*options);
        };
    });
}

}  // namespace busbar::program
