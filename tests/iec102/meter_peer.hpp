#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "iec102/ft12/control.hpp"
#include "iec102/meter/question.hpp"
#include "iec102/meter/variable.hpp"

namespace busbar::iec102::test {

/// A meter that fails the test when its master breaks a rule of the frame count bit, asks without a session, or repeats
/// what was answered.
class MeterPeer {
public:
    MeterPeer(std::uint16_t link_address, std::uint16_t point_address, std::uint32_t password)
        : link_address_(link_address), point_address_(point_address), password_(password) {
        for (const VariableRow& row : all_variables()) write(row.variable, {1, true}, values);
    }

    /// The answer's frame; none: for another link address. `heard_last`: whether the last answer reached the master.
    OctetBuffer answer(Octets octets, bool heard_last) {
        const auto frame = parse_frame(octets);
        EXPECT_TRUE(frame) << "the master sent no frame: " << to_hex(octets);
        if (!frame || frame->link_address != link_address_) return {};
        EXPECT_TRUE(is_primary(frame->control));
        ++frames;
        const PrimaryControl control = primary_control(frame->control);
        EXPECT_EQ(control.frame_count_valid, counts_frames(control.function)) << to_hex(octets);
        if (!control.frame_count_valid) {
            EXPECT_FALSE(control.frame_count) << "FCB without FCV";
            return answer_uncounted(control.function);
        }
        if (restarted_) return {};  // frames that are counted mean nothing before the link is reset
        EXPECT_TRUE(frame_count_) << "frames are counted before the link was reset";
        const OctetBuffer whole(octets.begin(), octets.end());
        if (frame_count_ && control.frame_count == *frame_count_) {
            EXPECT_EQ(to_hex(whole), to_hex(last_request_)) << "a new frame with the old frame count bit";
            EXPECT_FALSE(heard_last) << "a repetition of what was answered";
            return last_answer_;
        }
        EXPECT_TRUE(heard_last || last_request_.empty()) << "the frame count bit changed without an answer";
        frame_count_ = control.frame_count;
        last_request_ = whole;
        last_answer_ = answer_counted(control.function, *frame);
        return last_answer_;
    }

    /// Power fails: link and session are gone.
    void restart() {
        restarted_ = true;
        frame_count_.reset();
        session = false;
        class2_.clear();
        last_request_.clear();
    }

    InstantaneousValues values;
    std::uint64_t frames = 0, reads = 0, logins = 0, login_attempts = 0;
    bool session = false;
    bool busy = false;                   // DFC, and user data is not accepted
    int not_ready = 0;                   // polls that are answered by "no data"
    int nacks = 0;                       // user data that is not accepted
    std::optional<Cause> refuse_reads;   // mirrored
    std::vector<Octet> missing_objects;  // cause 17 if asked for
    std::optional<Ratios> ratios;        // none: an old meter
    std::uint64_t ratio_reads = 0;
    bool refuse_login = false;
    int curve_frames = 3;           // of an answer to 123
    std::deque<OctetBuffer> stale;  // ASDUs that are given before the next answer

private:
    OctetBuffer fixed(SecondaryFunction function) const {
        return encode_frame({to_octet(SecondaryControl{function, busy, false}), link_address_, {}});
    }

    OctetBuffer answer_uncounted(PrimaryFunction function) {
        if (function == PrimaryFunction::request_status) return fixed(SecondaryFunction::status_of_link);
        frame_count_ = false;
        restarted_ = false;
        last_request_.clear();
        session = false;
        class2_.clear();
        return fixed(SecondaryFunction::ack);
    }

    OctetBuffer answer_counted(PrimaryFunction function, const Frame& frame) {
        if (function == PrimaryFunction::request_class_2) return answer_poll();
        EXPECT_EQ(function, PrimaryFunction::user_data);
        if (busy || nacks > 0) {
            nacks -= busy ? 0 : 1;
            return fixed(SecondaryFunction::nack);
        }
        take_user_data(parse_asdu(frame.asdu).value());
        return fixed(SecondaryFunction::ack);
    }

    OctetBuffer answer_poll() {
        if (not_ready > 0 || class2_.empty()) {
            if (not_ready > 0) --not_ready;
            return fixed(SecondaryFunction::no_data);
        }
        const OctetBuffer asdu = class2_.front();
        class2_.pop_front();
        return encode_frame(
            {to_octet(SecondaryControl{SecondaryFunction::user_data, busy, false}), link_address_, asdu});
    }

    void give(const OctetBuffer& asdu) { class2_.push_back(asdu); }

    void mirror(const AsduView& asdu, Cause cause, bool negative = false) {
        AsduHeader header = asdu.header;
        header.cause = cause;
        header.negative = negative;
        OctetBuffer octets;
        append_header(header, octets);
        octets.insert(octets.end(), asdu.body.begin(), asdu.body.end());
        give(octets);
    }

    void take_user_data(const AsduView& asdu) {
        for (; !stale.empty(); stale.pop_front()) class2_.push_back(stale.front());
        if (asdu.header.point_address != point_address_) return mirror(asdu, Cause::address_unknown);
        if (asdu.header.type == TypeId::start_session) return log_in(asdu);
        if (asdu.header.type == TypeId::end_session) {
            session = false;
            return mirror(asdu, Cause::activation_con);
        }
        if (!session) return mirror(asdu, Cause::activation_con, true);
        switch (asdu.header.type) {
            case TypeId::read_instantaneous_values: return read_values(asdu);
            case TypeId::read_increments: return read_curve(asdu);
            case TypeId::read_register_configuration: return read_ratios(asdu);
            case TypeId::read_identification:
                return give(
                    make_asdu({TypeId::identification, 1, false, Cause::request, false, false, point_address_, 0},
                              Identification{{4, 2}, 66, 48304838}));
            default: return mirror(asdu, Cause::type_not_available);
        }
    }

    void log_in(const AsduView& asdu) {
        ++login_attempts;
        session = !refuse_login && read_one<Login>(asdu)->password == Password{password_};
        logins += session;
        mirror(asdu, Cause::activation_con, !session);
    }

    void read_values(const AsduView& asdu) {
        if (refuse_reads) return mirror(asdu, *refuse_reads);
        InstantaneousValues asked;
        for (const Octet object : asdu.body) {
            if (std::find(missing_objects.begin(), missing_objects.end(), object) != missing_objects.end())
                return mirror(asdu, Cause::object_not_available);
            if (object == energy_object) asked.energies = values.energies;
            if (object == power_object) asked.powers = values.powers;
            if (object == voltage_object) asked.voltages = values.voltages;
        }
        ++reads;
        give(make_instantaneous_values({.cause = Cause::request, .point_address = point_address_}, asked));
    }

    void read_ratios(const AsduView& asdu) {
        ++ratio_reads;
        if (!ratios) return mirror(asdu, Cause::type_not_available);
        AsduHeader header = asdu.header;
        header.type = TypeId::register_configuration;
        OctetBuffer octets = make_asdu(header);
        append_object(ratios_object, *ratios, octets);
        give(octets);
    }

    void read_curve(const AsduView& asdu) {
        mirror(asdu, Cause::activation_con);
        for (int frame = 0; frame < curve_frames; ++frame) {
            give(make_asdu(
                {TypeId::increments, 1, false, Cause::request, false, false, point_address_, asdu.header.record},
                AddressedTotal{1, {108, {}}}, TimeLabelA{}));
        }
        mirror(asdu, Cause::activation_term);
    }

    std::uint16_t link_address_, point_address_;
    std::uint32_t password_;
    std::optional<bool> frame_count_;
    bool restarted_ = false;
    OctetBuffer last_request_, last_answer_;
    std::deque<OctetBuffer> class2_;
};

}  // namespace busbar::iec102::test
