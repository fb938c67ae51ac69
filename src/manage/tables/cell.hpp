#pragma once

#include <string>
#include <utility>
#include <variant>

namespace busbar::manage::tables {

/// What a written table has in one place: nothing, a text or a number.
class Cell {
public:
    Cell() = default;
    explicit Cell(std::string text) : value_(std::move(text)) {}
    explicit Cell(double number) : value_(number) {}

    const std::string* text() const { return std::get_if<std::string>(&value_); }
    const double* number() const { return std::get_if<double>(&value_); }

private:
    std::variant<std::monostate, std::string, double> value_;
};

}  // namespace busbar::manage::tables
