#pragma once

#include "busbar/decode_stream.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::program {

/// A tree for each APDU, with the field names of the Wireshark dissectors iec60870_104 and iec60870_asdu where these
/// have one, and names made the same way where they have none.
class TextOutput : public ApduOutput {
public:
    TextOutput(std::string& out, const iec60870::AsduFormat& format) : out_(&out), format_(format) {}

    void apdu(const ApduPlace& place, Octets apdu) override;
    void fault(const ApduPlace& place, std::string_view what) override;

private:
    std::string* out_;
    iec60870::AsduFormat format_;
};

}  // namespace busbar::program
