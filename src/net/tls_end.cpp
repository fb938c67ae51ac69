#include "net/tls_end.hpp"

#include <sys/stat.h>

#include <utility>

#include "net/tls_context.hpp"

namespace busbar::net {

namespace {

/// Changes whenever the file is written, replaced, or may be read at last.
void add_mark(std::string& marks, const std::string& file) {
    struct stat found {};
    marks += file + '\n';
    if (::stat(file.c_str(), &found) != 0) return;
    for (const auto number :
         {static_cast<long>(found.st_dev), static_cast<long>(found.st_ino), static_cast<long>(found.st_size),
          static_cast<long>(found.st_mtim.tv_sec), static_cast<long>(found.st_mtim.tv_nsec),
          static_cast<long>(found.st_ctim.tv_sec), static_cast<long>(found.st_ctim.tv_nsec)}) {
        marks += std::to_string(number) + ' ';
    }
}

std::string marks_of(const TlsSettings& settings) {
    std::string marks;
    add_mark(marks, settings.certificate_file);
    add_mark(marks, settings.key_file);
    for (const auto& file : settings.ca_files) add_mark(marks, file);
    for (const auto& file : settings.crl_files) add_mark(marks, file);
    return marks;
}

}  // namespace

TlsEnd::TlsEnd(TlsSettings settings) : settings_(std::move(settings)) {}
TlsEnd::~TlsEnd() = default;

void TlsEnd::look() {
    // Marked before they are read: what changes meanwhile is read again at the next look.
    auto marks = marks_of(settings_);
    if (marks == seen_) return;
    seen_ = std::move(marks);
    auto context = TlsContext::read(settings_);
    trouble_ = context ? std::string() : context.error().what;
    if (!context) return;
    context_ = std::move(*context);
    ++generation_;
}

std::vector<TlsDated> TlsEnd::dated() const { return context_ ? context_->dated() : std::vector<TlsDated>(); }

Result<std::shared_ptr<TlsContext>> TlsEnd::context() {
    look();
    if (!context_) return fail(trouble_);
    return context_;
}

}  // namespace busbar::net
