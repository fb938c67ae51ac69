// Any octets as a CSV file: no crash, and what was read is UTF-8.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "manage/tables/csv.hpp"

namespace {

using namespace busbar::manage::tables;

void check(bool good) {
    if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string octets(data, data + size);
    const auto table = read_csv(octets);
    if (!table) {
        check(!table.error().what.empty());
        return 0;
    }
    for (std::size_t row = 0; row < table->rows(); ++row) {
        for (std::size_t column = 0; column < table->cells(row); ++column)
            check(busbar::first_not_utf8(table->cell(row, column)) == std::string_view::npos);
    }
    return 0;
}
