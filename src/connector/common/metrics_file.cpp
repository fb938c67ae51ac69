#include "connector/common/metrics_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace busbar::connector {

namespace {

/// Empty: it is written. Not synced: after a power cut the connector writes it anew.
std::string replace_file(const std::string& file, const std::string& text) {
    const std::string beside = file + ".tmp";
    std::FILE* out = std::fopen(beside.c_str(), "we");
    if (!out) return std::strerror(errno);
    bool good = std::fwrite(text.data(), 1, text.size(), out) == text.size();
    good = std::fclose(out) == 0 && good;
    good = good && std::rename(beside.c_str(), file.c_str()) == 0;
    if (good) return {};
    const int fault = errno;
    std::remove(beside.c_str());
    return std::strerror(fault);
}

}  // namespace

MetricsFile::MetricsFile(net::EventLoop& loop, Owner owner) : owner_(std::move(owner)), timer_(loop) {}

void MetricsFile::use(std::string file) {
    if (file == file_) return;
    file_ = std::move(file);
    failed_ = false;
    timer_.cancel();
    if (file_.empty()) return;
    timer_.every(write_every, [this] { write(); });
    write();
}

void MetricsFile::write() {
    if (file_.empty()) return;
    const auto fault = replace_file(file_, owner_.text());
    if (!std::exchange(failed_, !fault.empty()) && !fault.empty()) owner_.on_failed(file_, fault);
}

}  // namespace busbar::connector
