#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

struct evp_pkey_st;

namespace busbar::manage {

/// A provider's public keys (RFC 7517): those that RS256 and ES256 need. Keys of other kinds are left out.
class KeySet {
public:
    static constexpr std::size_t most_keys = 100;

    static Result<KeySet> parse(const boost::json::value& document);

    /// Whether a key of this set made `signature` of `text`. `key`: its id; empty: any key of the algorithm's kind. An
    /// algorithm other than RS256 and ES256 never.
    bool verifies(std::string_view algorithm, std::string_view key, std::string_view text,
                  std::string_view signature) const;
    std::size_t size() const { return keys_.size(); }

private:
    struct Key {
        std::string id, algorithm;
        std::shared_ptr<evp_pkey_st> key;
    };
    std::vector<Key> keys_;
};

}  // namespace busbar::manage
