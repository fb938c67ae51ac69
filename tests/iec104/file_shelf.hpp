#pragma once

#include <map>
#include <numeric>
#include <string>
#include <type_traits>

#include "iec104/link_bench.hpp"
#include "iec104/station/file_event.hpp"

namespace busbar::iec104::test {

/// The owner of files in a test: has them, takes them, and writes down what happened.
class FileShelf {
public:
    /// Octets that no repeat, gap or change of order leaves as they are.
    static OctetBuffer contents(std::size_t size, unsigned seed = 1) {
        OctetBuffer octets(size);
        for (std::size_t i = 0; i < size; ++i) octets[i] = static_cast<Octet>((i * 7 + i / 251 * 13 + seed) & 0xff);
        return octets;
    }

    /// Answers an event of either station by its `files()`.
    template <class Files>
    void handle(const FileEvent& event, Files* at) {
        std::visit([&](const auto& what) { answer(what, at); }, event);
    }

    std::map<FileAddress, OctetBuffer> files;     // that are there
    std::map<FileAddress, OctetBuffer> received;  // that came, or are coming
    std::map<FileAddress, bool> stored;
    bool refuses = false;      // whatever is selected or offered
    bool cannot_read = false;  // the file changed
    bool cannot_store = false;
    std::uint64_t octets_read = 0;
    std::string happened() { return std::exchange(happened_, {}); }

private:
    template <class Files>
    static constexpr bool is_controlled = requires(Files at) {
        at.refuse("");
    };

    void say(const std::string& what) { happened_ += (happened_.empty() ? "" : "; ") + what; }

    template <class Files>
    void answer(const FileSelected& event, Files* at) {
        if constexpr (is_controlled<Files>) {
            const auto found = files.find(event.file);
            if (refuses || found == files.end()) return at->refuse("gone");
            at->ready(static_cast<std::uint32_t>(found->second.size()));
        }
    }
    template <class Files>
    void answer(const FileDeletionWanted& event, Files* at) {
        if constexpr (is_controlled<Files>) at->deleted(event.file, files.erase(event.file) > 0);
    }
    template <class Files>
    void answer(const SectionWanted& event, Files* at) {
        if (cannot_read) return at->abort("the file changed");
        octets_read += event.length;
        at->provide(Octets(files[event.file]).subspan(event.offset, event.length));
    }
    template <class Files>
    void answer(const FileOffered& event, Files* at) {
        if (refuses) return at->abort("not wanted", FileFault::no_memory);
        received[event.file].clear();
        at->accept();
    }
    template <class Files>
    void answer(const SegmentReceived& event, Files*) {
        auto& octets = received[event.file];
        octets.resize(event.offset);
        octets.insert(octets.end(), event.octets.begin(), event.octets.end());
    }
    template <class Files>
    void answer(const FileReceived& event, Files* at) {
        EXPECT_EQ(received[event.file].size(), event.length);
        if (cannot_store) return at->abort("the disk is full", FileFault::no_memory);
        stored[event.file] = true;
        at->stored();
    }
    template <class Files>
    void answer(const FileEnded& event, Files*) {
        say((event.sent ? "sent" : "received") +
            (event.reason.empty() ? std::string(" complete") : ": " + event.reason));
    }
    template <class Files>
    void answer(const DirectoryReceived& event, Files*) {
        say("directory " + hex(event.asdu));
    }
    template <class Files>
    void answer(const DirectoryEnded& event, Files*) {
        say("directory of " + std::to_string(event.common_address) +
            (event.reason.empty() ? std::string(" complete") : ": " + event.reason));
    }

    std::string happened_;
};

}  // namespace busbar::iec104::test
