#include "iec104/station/file_asdu.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "iec60870/element/file.hpp"

namespace busbar::iec104 {

namespace {

using namespace iec60870;

/// Reads elements one after the other.
class ElementReader {
public:
    explicit ElementReader(Octets octets) : rest_(octets) {}
    template <class Element>
    Element take() {
        const auto element = decode<Element>(rest_.data());
        rest_ = rest_.subspan(size_of<Element>);
        return element;
    }
    Octets rest() const { return rest_; }

private:
    Octets rest_;
};

constexpr std::size_t segment_head = 4;  // NOF, NOS, LOS

}  // namespace

std::string to_string(const FileAddress& file) {
    return "casdu " + std::to_string(file.common_address) + " ioa " + std::to_string(file.ioa) + ", file " +
           std::to_string(file.name);
}

std::string_view to_string(FileFault fault) {
    switch (fault) {
        case FileFault::none: return "no reason given";
        case FileFault::no_memory: return "no memory";
        case FileFault::checksum: return "checksum";
        case FileFault::unexpected_service: return "unexpected service";
        case FileFault::unexpected_file: return "unexpected file";
        case FileFault::unexpected_section: return "unexpected section";
    }
    return "a private reason";
}

FileAsdu FileAsdu::file_ready(const FileAddress& file, std::uint32_t length) {
    FileAsdu asdu{file_ready_type, file};
    asdu.length = length;
    return asdu;
}

FileAsdu FileAsdu::not_ready(const FileAddress& file) {
    FileAsdu asdu{file_ready_type, file};
    asdu.negative = true;
    return asdu;
}

FileAsdu FileAsdu::section_ready(const FileAddress& file, std::uint8_t section, std::uint32_t length) {
    FileAsdu asdu{section_ready_type, file, section};
    asdu.length = length;
    return asdu;
}

FileAsdu FileAsdu::call(const FileAddress& file, std::uint8_t section, FileCall call, FileFault fault) {
    FileAsdu asdu{file_call_type, file, section};
    asdu.qualifier = static_cast<std::uint8_t>(call);
    asdu.fault = fault;
    return asdu;
}

FileAsdu FileAsdu::last(const FileAddress& file, std::uint8_t section, FileEnd end, std::uint8_t checksum) {
    FileAsdu asdu{file_last_type, file, section};
    asdu.qualifier = static_cast<std::uint8_t>(end);
    asdu.checksum = checksum;
    return asdu;
}

FileAsdu FileAsdu::acknowledge(const FileAddress& file, std::uint8_t section, FileAnswer answer, FileFault fault) {
    FileAsdu asdu{file_acknowledge_type, file, section};
    asdu.qualifier = static_cast<std::uint8_t>(answer);
    asdu.fault = fault;
    return asdu;
}

FileAsdu FileAsdu::segment_of(const FileAddress& file, std::uint8_t section, Octets octets) {
    FileAsdu asdu{segment_type, file, section};
    asdu.segment = octets;
    return asdu;
}

FileAsdu read_file_asdu(const AsduView& view) {
    const auto& header = view.header();
    const auto object = view[0];
    ElementReader elements(object.element);
    FileAsdu asdu;
    asdu.type = header.type;
    asdu.originator = header.originator;
    asdu.test = header.test;
    asdu.cause = header.cause;
    asdu.file = {header.common_address, object.ioa, elements.take<NameOfFile>().name};
    if (header.type != file_ready_type) asdu.section = elements.take<NameOfSection>().name;
    switch (header.type) {
        case file_ready_type:
            asdu.length = elements.take<LengthOfFile>().octets;
            asdu.negative = elements.take<FileReady>().negative;
            break;
        case section_ready_type:
            asdu.length = elements.take<LengthOfFile>().octets;
            asdu.negative = elements.take<SectionReady>().not_ready;
            break;
        case file_call_type: {
            const auto call = elements.take<SelectAndCall>();
            asdu.qualifier = call.call;
            asdu.fault = static_cast<FileFault>(call.error);
            break;
        }
        case file_last_type:
            asdu.qualifier = elements.take<LastQualifier>().qualifier;
            asdu.checksum = elements.take<Checksum>().sum;
            break;
        case file_acknowledge_type: {
            const auto answer = elements.take<FileAcknowledge>();
            asdu.qualifier = answer.answer;
            asdu.fault = static_cast<FileFault>(answer.error);
            break;
        }
        default: elements.take<LengthOfSegment>(); asdu.segment = elements.rest();
    }
    return asdu;
}

void write_file_asdu(const FileAsdu& asdu, AsduWriter& out) {
    std::array<Octet, max_asdu_size> element{};
    Octet* end = encode(NameOfFile{asdu.file.name}, element.data());
    if (asdu.type != file_ready_type) end = encode(NameOfSection{asdu.section}, end);
    switch (asdu.type) {
        case file_ready_type:
            end = encode(LengthOfFile{asdu.length}, end);
            end = encode(FileReady{asdu.negative}, end);
            break;
        case section_ready_type:
            end = encode(LengthOfFile{asdu.length}, end);
            end = encode(SectionReady{asdu.negative}, end);
            break;
        case file_call_type:
            end = encode(SelectAndCall{asdu.qualifier, static_cast<std::uint8_t>(asdu.fault)}, end);
            break;
        case file_last_type:
            end = encode(LastQualifier{asdu.qualifier}, end);
            end = encode(Checksum{asdu.checksum}, end);
            break;
        case file_acknowledge_type:
            end = encode(FileAcknowledge{asdu.qualifier, static_cast<std::uint8_t>(asdu.fault)}, end);
            break;
        default:
            end = encode(LengthOfSegment{static_cast<std::uint8_t>(asdu.segment.size())}, end);
            end = std::ranges::copy(asdu.segment, end).out;
    }
    AsduHeader header;
    header.type = asdu.type;
    header.cause = asdu.cause;
    header.originator = asdu.originator;
    header.test = asdu.test;
    header.common_address = asdu.file.common_address;
    out.start(header);
    require(out.add(asdu.file.ioa, Octets(element.data(), end)), "an ASDU of file transfer fits");
}

unsigned most_segment_octets(const AsduFormat& format) {
    const auto most = std::min<std::size_t>(format.max_size, max_asdu_size);
    return static_cast<unsigned>(most - format.header_size() - format.ioa_size - segment_head);
}

std::uint8_t checksum_of(Octets octets, std::uint8_t start) {
    return static_cast<std::uint8_t>(std::accumulate(octets.begin(), octets.end(), unsigned{start}));
}

}  // namespace busbar::iec104
