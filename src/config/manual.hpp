#pragma once

#include <string>

#include "config/document.hpp"

namespace busbar::config {

/// The members of a document as Markdown tables, one a section: member, type, default, allowed, whether a change drops
/// the line, meaning.
std::string manual_of_members(Document document);

/// The flags of a page as Markdown tables, one a subcommand: flag, environment variable, member, meaning.
std::string manual_of_flags(Document start);

}  // namespace busbar::config
