#include "busbar/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::program {
namespace {

Document example() {
    Document document("Limits <k>");
    document.heading("Parameters & ranges");
    document.paragraph("Both ends agree.");
    document.table({{"Name", "Value"}, {"a|b", "1 < 2"}});
    return document;
}

TEST(Document, IsGivenOutAsMarkdown) {
    EXPECT_EQ(example().markdown(),
              "# Limits <k>\n\n## Parameters & ranges\n\nBoth ends agree.\n\n| Name | Value |\n|---|---|\n| a\\|b | 1 "
              "< 2 |\n");
}

TEST(Document, IsGivenOutAsHtmlWithEveryTextEscaped) {
    const std::string html = example().html();
    EXPECT_THAT(html, testing::StartsWith("<!doctype html>"));
    EXPECT_THAT(html, testing::HasSubstr("<h1>Limits &lt;k&gt;</h1>"));
    EXPECT_THAT(html, testing::HasSubstr("<h2>Parameters &amp; ranges</h2>\n<p>Both ends agree.</p>"));
    EXPECT_THAT(html,
                testing::HasSubstr("<tr><th>Name</th><th>Value</th></tr>\n<tr><td>a|b</td><td>1 &lt; 2</td></tr>"));
}

}  // namespace
}  // namespace busbar::program
