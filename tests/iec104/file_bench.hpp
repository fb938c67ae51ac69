#pragma once

#include "iec104/controlled_bench.hpp"
#include "iec104/file_shelf.hpp"

namespace busbar::iec104::test {

inline constexpr FileAddress first_file{1, 17, 1};
inline constexpr FileTable::Time some_time{0xab, 0x87, 0x2d, 0x09, 0x15, 0x0b, 0x1a};

/// A controlled station with files and a control room that has started data transfer.
class FileBench : public ControlledBench {
public:
    static ControlledStationConfig config_with(ControlledFileRules rules) {
        auto config = usual_config();
        config.files = rules;
        return config;
    }
    explicit FileBench(ControlledFileRules rules = {}) : ControlledBench(config_with(rules)), room(connect()) {
        value({.ioa = 1});
        serve(room);
        room.start();
        room.events();
    }
    void serve(ControlRoom& control_room) {
        control_room.on_file = [this, &control_room](const FileEvent& event) {
            shelf.handle(event, control_room.session->files());
        };
    }
    void add(const FileAddress& file, OctetBuffer octets) {
        station.set_file(file, static_cast<std::uint32_t>(octets.size()), some_time);
        shelf.files[file] = std::move(octets);
    }
    /// A file that was there before: nothing is announced.
    void add_quietly(const FileAddress& file, OctetBuffer octets) {
        add(file, std::move(octets));
        room.read_all();
    }
    /// What the segments carried.
    OctetBuffer data_of(const std::vector<std::string>& asdus) {
        OctetBuffer data;
        for (const auto& asdu : asdus) {
            const auto octets = octets_of(asdu);
            if (octets[0] == 125) data.insert(data.end(), octets.begin() + 13, octets.end());
        }
        return data;
    }
    /// A request of a control room that has acknowledged everything.
    std::string ask(std::string_view asdu) {
        EXPECT_EQ(room.acknowledge(), "");
        return room.request(asdu);
    }
    void advance(Duration duration) {
        now += duration;
        room.session->on_deadline(now);
    }

    FileShelf shelf;
    ControlRoom room;
};

}  // namespace busbar::iec104::test
