#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/tls_settings.hpp"

namespace busbar::net {

class TlsContext;

/// TLS of one end of its lines over time: when files are exchanged, new connections take the new ones and running ones
/// keep theirs. Files that do not fit together (a new certificate whose key has not come yet) leave the old ones in
/// force.
class TlsEnd {
public:
    explicit TlsEnd(TlsSettings settings);
    ~TlsEnd();
    TlsEnd(const TlsEnd&) = delete;
    TlsEnd& operator=(const TlsEnd&) = delete;

    /// Reads the files if they have changed since the last look. Cheap if not.
    void look();
    /// What is in force for new connections, after a look. The error names the file.
    Result<std::shared_ptr<TlsContext>> context();
    /// In force now, without a look; null: nothing yet.
    const std::shared_ptr<TlsContext>& in_force() const { return context_; }

    /// Counts the contexts that came into force.
    std::uint64_t generation() const { return generation_; }
    /// What is wrong with the files as they are now; empty: nothing.
    const std::string& trouble() const { return trouble_; }
    /// Of what is in force.
    std::vector<TlsDated> dated() const;
    const TlsSettings& settings() const { return settings_; }

private:
    TlsSettings settings_;
    std::shared_ptr<TlsContext> context_;
    std::string seen_;  // marks of the files at the last look
    std::string trouble_;
    std::uint64_t generation_ = 0;
};

}  // namespace busbar::net
