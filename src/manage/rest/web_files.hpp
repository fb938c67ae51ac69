#pragma once

#include <span>
#include <string_view>

namespace busbar::manage {

/// A file of a page that is part of the program.
struct WebFile {
    std::string_view path, type, octets;  // "/explorer/", "text/html; charset=utf-8"
};

/// cmake/BusbarEmbed.cmake makes it.
std::span<const WebFile> web_files();

}  // namespace busbar::manage
