#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "documents.hpp"

namespace busbar::config {
namespace {

using namespace test;
using testing::Contains;
using testing::Not;
using testing::StartsWith;
namespace json = boost::json;

bool bounded(double bound) { return std::abs(bound) < std::numeric_limits<double>::max(); }

/// Whether the reader finds fault with the value itself; relations to other members are another matter.
bool is_refused(Document document, const Leaf& leaf, const json::value& value) {
    const std::string complaint = leaf.path + ": " + to_line(value) + " must be " + allowed(*leaf.row);
    for (const std::string& fault : read(document, to_line(leaf.document_with(value))).faults)
        if (fault == complaint) return true;
    return false;
}

json::value number(const Row& row, double value) {
    if (row.kind == Kind::integer) return static_cast<std::int64_t>(value);
    return value;
}

TEST(Range, OfEveryNumberHoldsAtItsEndsAndNotBeyond) {
    unsigned numbers = 0;
    for (const Document document : documents) {
        for (const Leaf& leaf : leaves(document)) {
            const Row& row = *leaf.row;
            if (row.kind != Kind::integer && row.kind != Kind::number) continue;
            SCOPED_TRACE(leaf.path);
            ++numbers;
            const double step = row.kind == Kind::integer ? 1 : 0.001;
            if (bounded(row.range.least)) {
                EXPECT_FALSE(is_refused(document, leaf, number(row, row.range.least)));
                EXPECT_TRUE(is_refused(document, leaf, number(row, row.range.least - step)));
            }
            if (bounded(row.range.most)) {
                EXPECT_FALSE(is_refused(document, leaf, number(row, row.range.most)));
                EXPECT_TRUE(is_refused(document, leaf, number(row, row.range.most + step)));
            }
        }
    }
    EXPECT_GT(numbers, 40u);
}

TEST(Range, OfEveryWholeNumberIsThere) {
    for (const Document document : documents)
        for (const Leaf& leaf : leaves(document))
            EXPECT_TRUE(leaf.row->kind != Kind::integer ||
                        (bounded(leaf.row->range.least) && bounded(leaf.row->range.most)))
                << leaf.path;
}

TEST(Range, OfEveryTextIsItsLength) {
    for (const Document document : documents) {
        for (const Leaf& leaf : leaves(document)) {
            const Row& row = *leaf.row;
            if (row.kind != Kind::text || row.syntax) continue;
            SCOPED_TRACE(leaf.path);
            const auto most = static_cast<std::size_t>(row.range.most);
            const auto faults = [&](std::size_t length) {
                return read(document, to_line(leaf.document_with(json::string(length, 'x')))).faults;
            };
            EXPECT_THAT(faults(most), Not(Contains(StartsWith(leaf.path + ": \"x"))));
            EXPECT_THAT(faults(most + 1), Contains(StartsWith(leaf.path + ": \"x")));
        }
    }
}

TEST(Range, OfEveryChoiceIsItsWords) {
    for (const Document document : documents) {
        for (const Leaf& leaf : leaves(document)) {
            if (leaf.row->kind != Kind::choice) continue;
            SCOPED_TRACE(leaf.path);
            const auto faults = [&](std::string_view word) {
                return read(document, to_line(leaf.document_with(json::string(word)))).faults;
            };
            for (const std::string_view word : leaf.row->choices)
                EXPECT_THAT(faults(word), Not(Contains(StartsWith(leaf.path + ": \""))));
            EXPECT_THAT(faults("other"), Contains(StartsWith(leaf.path + ": \"other\" must be one of ")));
        }
    }
}

TEST(Range, RefusesValuesOfAnotherKindForEveryMember) {
    for (const Document document : documents) {
        for (const Leaf& leaf : leaves(document)) {
            SCOPED_TRACE(leaf.path);
            const auto faults = read(document, to_line(leaf.document_with(json::object{}))).faults;
            const std::string quoted = leaf.row->has(secret) ? "" : "a table ";
            EXPECT_THAT(faults, Contains(StartsWith(leaf.path + ": " + quoted + "must be ")));
        }
    }
}

/// What the requirements and the standard say, written down once more by hand.
struct Documented {
    Document document;
    std::string path;
    std::string least, most;   // accepted
    std::string below, above;  // refused
    std::string complaint;     // without "path: value "
};

class DocumentedRange : public testing::TestWithParam<Documented> {};

std::string document_of(const std::string& path, const std::string& value) {
    const std::size_t dot = path.find('.');
    if (dot == std::string::npos) return "{\"" + path + "\":" + value + "}";
    return "{\"" + path.substr(0, dot) + "\":" + document_of(path.substr(dot + 1), value) + "}";
}

TEST_P(DocumentedRange, IsKept) {
    const Documented& row = GetParam();
    for (const std::string& good : {row.least, row.most})
        EXPECT_THAT(read(row.document, document_of(row.path, good)).faults,
                    Not(Contains(StartsWith(row.path + ": " + good + " must be " + row.complaint))));
    for (const std::string& bad : {row.below, row.above})
        EXPECT_THAT(read(row.document, document_of(row.path, bad)).faults,
                    Contains(row.path + ": " + bad + " must be " + row.complaint));
}

constexpr Document server = Document::iec104_server, client = Document::iec104_client;

INSTANTIATE_TEST_SUITE_P(Requirements, DocumentedRange,
                         testing::Values(Documented{client, "protocol.t0", "1", "255", "0", "256", "1-255 s"},
                                         Documented{server, "protocol.t1", "1", "255", "0", "256", "1-255 s"},
                                         Documented{server, "protocol.t2", "1", "255", "0", "256", "1-255 s"},
                                         Documented{server, "protocol.t3", "1", "172800", "0", "172801", "1-172800 s"},
                                         Documented{client, "protocol.k", "1", "32767", "0", "32768", "1-32767 frames"},
                                         Documented{client, "protocol.w", "1", "32767", "0", "32768", "1-32767 frames"},
                                         Documented{server, "protocol.cot_size", "1", "2", "0", "3", "1-2 octets"},
                                         Documented{server, "protocol.ca_size", "1", "2", "0", "3", "1-2 octets"},
                                         Documented{server, "protocol.ioa_size", "1", "3", "0", "4", "1-3 octets"},
                                         Documented{server, "network.max_connections", "1", "100", "0", "101",
                                                    "1-100 connections"},
                                         Documented{server, "network.port", "2404", "2420", "0", "65536", "1-65535"},
                                         Documented{client, "network.port", "1", "65535", "0", "65536", "1-65535"},
                                         Documented{client, "protocol.originator", "0", "255", "-1", "256", "0-255"}));

}  // namespace
}  // namespace busbar::config
