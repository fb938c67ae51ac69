#pragma once

#include <optional>
#include <string>

#include "busbar/decode_stream.hpp"
#include "iec102/ft12/frame.hpp"

/// What `busbar decode --ft12` makes of the lines to meters (IEC 60870-5-102, REE).
namespace busbar::program {

/// FT1.2 frames among whatever else is on a line: noise is reported, and what comes behind it is looked through octet
/// by octet.
class Ft12Stream : public FrameStream {
public:
    explicit Ft12Stream(ApduOutput& output) : output_(&output) {}

    void feed(Octets octets, const ApduPlace& place) override;
    void lose_track(const ApduPlace& place) override;
    void restart(const ApduPlace& place) override { lose_track(place); }
    void finish(const ApduPlace& place) override;
    bool has_ended() const override { return false; }

private:
    /// False: nothing more without more octets.
    bool take_one();
    void skip(const std::string& why);
    void report_skipped();
    void give_up_rest();

    ApduOutput* output_;
    OctetBuffer pending_;
    std::size_t skipped_ = 0;
    std::string why_skipped_;
    ApduPlace place_;
};

/// A tree for each frame. Passwords are concealed unless they are to be shown, here and below.
class Ft12TextOutput : public ApduOutput {
public:
    Ft12TextOutput(std::string& out, bool show_passwords) : out_(&out), show_passwords_(show_passwords) {}

    void apdu(const ApduPlace& place, Octets frame) override;
    void fault(const ApduPlace& place, std::string_view what) override;

private:
    std::string* out_;
    bool show_passwords_;
};

/// A line for each frame and each fault: frame, apdu, time, src, dst, then what iec102/meter/json.hpp says of it, raw
/// (the octets in hex), or error.
class Ft12JsonOutput : public ApduOutput {
public:
    Ft12JsonOutput(std::string& out, bool show_passwords) : out_(&out), show_passwords_(show_passwords) {}

    void apdu(const ApduPlace& place, Octets frame) override;
    void fault(const ApduPlace& place, std::string_view what) override;

private:
    std::string* out_;
    bool show_passwords_;
};

/// The password that the frame carries, if it is to be shown.
std::optional<std::uint32_t> shown_password(const iec102::Frame& frame, bool show);

}  // namespace busbar::program
