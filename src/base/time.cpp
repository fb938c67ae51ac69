#include "base/time.hpp"

#include <array>
#include <cstring>

namespace busbar {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

char* write_two_digits(char* out, unsigned number) {
    out[0] = static_cast<char>('0' + number / 10);
    out[1] = static_cast<char>('0' + number % 10);
    return out + 2;
}

char* write_two_digits(char* out, unsigned number, char after) {
    out = write_two_digits(out, number);
    *out = after;
    return out + 1;
}

constexpr UtcTime first_writable{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
constexpr UtcTime end_of_writable{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}};

/// Reads a text from the left; once something did not fit, `good()` stays false.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    unsigned number(std::size_t width) {
        unsigned value = 0;
        std::size_t digits = 0;
        for (; digits < width && at_digit(digits); ++digits) value = value * 10 + digit(digits);
        require(digits == width);
        rest_.remove_prefix(digits);
        return value;
    }

    bool skip(std::string_view any_of) {
        const bool found = !rest_.empty() && any_of.find(rest_.front()) != std::string_view::npos;
        if (found) rest_.remove_prefix(1);
        return found;
    }

    void expect(std::string_view any_of) { require(skip(any_of)); }

    /// ".123456": any number of digits, cut to milliseconds.
    milliseconds fraction() {
        milliseconds value{};
        milliseconds weight = 100ms;
        std::size_t digits = 0;
        for (; at_digit(digits); ++digits, weight /= 10) value += weight * digit(digits);
        require(digits > 0);
        rest_.remove_prefix(digits);
        return value;
    }

    char front() const { return rest_.empty() ? '\0' : rest_.front(); }
    bool good() const { return good_; }
    bool at_end() const { return rest_.empty(); }

    void require(bool condition) { good_ = good_ && condition; }

private:
    bool at_digit(std::size_t at) const { return at < rest_.size() && rest_[at] >= '0' && rest_[at] <= '9'; }
    unsigned digit(std::size_t at) const { return static_cast<unsigned>(rest_[at] - '0'); }

    std::string_view rest_;
    bool good_ = true;
};

/// "Z" or "+02:00": what has to be taken off to get UTC.
milliseconds read_offset(Scanner& scanner) {
    if (scanner.skip("Zz")) return {};
    const bool west = scanner.front() == '-';
    scanner.expect("+-");
    const unsigned hours = scanner.number(2);
    scanner.expect(":");
    const unsigned minutes = scanner.number(2);
    scanner.require(hours <= 23 && minutes <= 59);
    const milliseconds offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
    return west ? -offset : offset;
}

}  // namespace

char* write_iso8601(char* out, UtcTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const auto in_day = static_cast<unsigned>((time - day).count());
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    const unsigned seconds = in_day / 1000;
    out = write_two_digits(out, year / 100);
    out = write_two_digits(out, year % 100, '-');
    out = write_two_digits(out, static_cast<unsigned>(date.month()), '-');
    out = write_two_digits(out, static_cast<unsigned>(date.day()), 'T');
    out = write_two_digits(out, seconds / 3600, ':');
    out = write_two_digits(out, seconds / 60 % 60, ':');
    out = write_two_digits(out, seconds % 60, '.');
    const unsigned thousandths = in_day % 1000;
    *out++ = static_cast<char>('0' + thousandths / 100);
    out = write_two_digits(out, thousandths % 100, 'Z');
    return out;
}

namespace {

/// Eight characters at once, in the machine's order.
std::uint64_t word_of(std::string_view text) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    return word;
}

/// "2026-11-21T09:00:00.123Z" and nothing else, as write_iso8601 writes it.
std::optional<UtcTime> parse_as_written(std::string_view text) {
    constexpr std::string_view zeros = "0000-00-00T00:00:00.000Z";
    // Added to a digit above 9, or to anything where a sign belongs, it reaches the octet's high bit.
    constexpr std::string_view to_high_bit =
        "\x76\x76\x76\x76\x7f\x76\x76\x7f\x76\x76\x7f\x76\x76\x7f\x76\x76\x7f\x76\x76\x7f\x76\x76\x76\x7f";
    if (text.size() != zeros.size()) return std::nullopt;
    std::array<unsigned char, zeros.size()> digits;
    std::uint64_t beyond = 0;
    for (std::size_t at = 0; at < zeros.size(); at += 8) {
        const std::uint64_t word = word_of(text.substr(at)) ^ word_of(zeros.substr(at));
        beyond |= (word + word_of(to_high_bit.substr(at))) | word;
        std::memcpy(&digits[at], &word, sizeof word);
    }
    if ((beyond & 0x8080808080808080) != 0) return std::nullopt;
    const auto two = [&digits](std::size_t at) { return digits[at] * 10u + digits[at + 1]; };
    const unsigned hours = two(11), minutes = two(14), seconds = two(17);
    const auto date = std::chrono::year{static_cast<int>(two(0) * 100 + two(2))} / std::chrono::month{two(5)} /
                      std::chrono::day{two(8)};
    if (!date.ok() || hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
    const unsigned in_day = ((hours * 60 + minutes) * 60 + seconds) * 1000 + two(20) * 10 + digits[22];
    return UtcTime{std::chrono::sys_days{date}} + milliseconds{in_day};
}

}  // namespace

std::optional<UtcTime> parse_iso8601(std::string_view text) {
    if (const auto time = parse_as_written(text)) return time;
    Scanner scanner{text};
    const std::chrono::year year{static_cast<int>(scanner.number(4))};
    scanner.expect("-");
    const std::chrono::month month{scanner.number(2)};
    scanner.expect("-");
    const std::chrono::day day{scanner.number(2)};
    scanner.expect("Tt ");
    const unsigned hours = scanner.number(2);
    scanner.expect(":");
    const unsigned minutes = scanner.number(2);
    scanner.expect(":");
    const unsigned seconds = scanner.number(2);
    const milliseconds fraction = scanner.skip(".") ? scanner.fraction() : milliseconds{};
    const milliseconds offset = read_offset(scanner);

    const auto date = year / month / day;
    if (!scanner.good() || !scanner.at_end() || !date.ok() || hours > 23 || minutes > 59 || seconds > 59)
        return std::nullopt;
    const UtcTime time = UtcTime{std::chrono::sys_days{date}} + std::chrono::hours{hours} +
                         std::chrono::minutes{minutes} + std::chrono::seconds{seconds} + fraction - offset;
    // An offset may lead out of the years that can be written.
    if (time < first_writable || time >= end_of_writable) return std::nullopt;
    return time;
}

}  // namespace busbar
