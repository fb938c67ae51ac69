#pragma once

#include "busbar/decode_stream.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "sim/wire/json_line.hpp"

namespace busbar::program {

/// One line for each information object, for each S and U frame, and for each fault, with the members frame, apdu,
/// time, src, dst, format, function (U), ns, nr, type, sq, cot, negative, test, oa, casdu, ioa, value, quality,
/// time_tag, raw and error; those that do not apply are left out.
///
/// `quality` has everything beside value and time: the flags that are set ("IV", "T" in transit, "SE" select …) and the
/// numbers ("QU=0", "SEQ=3", "EL=60000" elapsed ms …). `value` is a number; bits are text in hex. `time_tag` is what
/// was sent, day of week behind the stroke: "26-11-21T09:45:34.732/6,SU", "45:34.732". `raw` is the element in hex.
class JsonOutput : public ApduOutput {
public:
    JsonOutput(std::string& out, const iec60870::AsduFormat& format) : out_(&out), format_(format) {}

    void apdu(const ApduPlace& place, Octets apdu) override;
    void fault(const ApduPlace& place, std::string_view what) override;

private:
    void asdu(const std::string& front, Octets octets);

    std::string* out_;
    iec60870::AsduFormat format_;
};

}  // namespace busbar::program
