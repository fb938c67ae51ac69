#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::sim {

/// Names of objects, from a substation file.
using ObjectNames = std::map<std::pair<iec60870::CommonAddress, iec60870::Ioa>, std::string>;

/// What a person at the control room looks at.
class Screen {
public:
    virtual ~Screen() = default;
    virtual void show(const iec60870::AsduHeader& header, iec60870::InformationObject object, UtcTime received) = 0;
    /// Connections, interrogations, commands: one sentence.
    virtual void tell(std::string_view sentence, UtcTime at) = 0;
    /// Text for the terminal since the last call.
    virtual std::string take(UtcTime now) = 0;
};

/// A line for everything, for pipes and people with patience.
class LineScreen : public Screen {
public:
    explicit LineScreen(ObjectNames names) : names_(std::move(names)) {}
    void show(const iec60870::AsduHeader& header, iec60870::InformationObject object, UtcTime received) override;
    void tell(std::string_view sentence, UtcTime at) override;
    std::string take(UtcTime) override { return std::exchange(text_, {}); }

private:
    ObjectNames names_;
    std::string text_;
};

/// A table that fills the terminal and stays: a row an object. With more objects than rows, the one that has been quiet
/// longest makes room.
class TableScreen : public Screen {
public:
    TableScreen(unsigned rows, unsigned columns, ObjectNames names);
    void show(const iec60870::AsduHeader& header, iec60870::InformationObject object, UtcTime received) override;
    void tell(std::string_view sentence, UtcTime at) override;
    /// The whole table, from the top left corner.
    std::string take(UtcTime now) override;

private:
    struct Row {
        std::pair<iec60870::CommonAddress, iec60870::Ioa> address;
        std::string text;
        std::uint64_t changed = 0;  // when, counted in objects
    };
    Row& row_for(std::pair<iec60870::CommonAddress, iec60870::Ioa> address);

    unsigned columns_;
    std::size_t most_rows_;
    ObjectNames names_;
    std::vector<Row> rows_;
    std::map<std::pair<iec60870::CommonAddress, iec60870::Ioa>, std::size_t> places_;
    std::uint64_t objects_ = 0;
    std::string sentence_ = "waiting";
};

}  // namespace busbar::sim
