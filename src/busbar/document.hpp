#pragma once

#include <string>
#include <utility>
#include <vector>

namespace busbar::program {

/// A text of headings, paragraphs, lists and tables that can be given out as Markdown or as HTML. Texts are plain.
class Document {
public:
    using Row = std::vector<std::string>;

    explicit Document(std::string title) : title_(std::move(title)) {}

    void heading(std::string text) { blocks_.push_back({Kind::heading, std::move(text), {}}); }
    void paragraph(std::string text) { blocks_.push_back({Kind::paragraph, std::move(text), {}}); }
    /// The first row is the head.
    void table(std::vector<Row> rows) { blocks_.push_back({Kind::table, {}, std::move(rows)}); }

    std::string markdown() const;
    /// A whole page with its style.
    std::string html() const;

private:
    enum class Kind { heading, paragraph, table };
    struct Block {
        Kind kind;
        std::string text;
        std::vector<Row> rows;
    };

    std::string title_;
    std::vector<Block> blocks_;
};

}  // namespace busbar::program
