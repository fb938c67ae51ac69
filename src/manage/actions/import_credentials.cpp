#include "manage/actions/import_credentials.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "manage/actions/audit.hpp"
#include "manage/actions/connectors.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

using Key = std::array<unsigned char, crypto_secretbox_KEYBYTES>;
using Octets = std::vector<unsigned char>;

tl::unexpected<Problem> unreadable(const std::string& why) {
    return refuse(Problem::Kind::failed, "unreadable_credentials", "import.key: " + why);
}

/// A file that is not there is made, whole or not at all.
Result<void> make_key(const std::filesystem::path& file) {
    Key key;
    randombytes_buf(key.data(), key.size());
    const std::string beside = file.string() + ".new";
    ::unlink(beside.c_str());
    const int made = ::open(beside.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (made < 0) return fail(std::strerror(errno));
    const bool written =
        ::write(made, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(made) == 0;
    ::close(made);
    sodium_memzero(key.data(), key.size());
    if (!written || ::rename(beside.c_str(), file.c_str()) != 0) return fail(std::strerror(errno));
    return {};
}

Result<Key> read_key(const std::filesystem::path& data, bool make) {
    if (sodium_init() < 0) return fail("there are no random numbers");
    const auto file = data / "import.key";
    if (make && !std::filesystem::exists(file)) {
        if (auto good = make_key(file); !good) return tl::make_unexpected(good.error());
    }
    const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (opened < 0) return fail(std::strerror(errno));
    Key key;
    const auto size = ::read(opened, key.data(), key.size());
    ::close(opened);
    if (size != static_cast<ssize_t>(key.size())) return fail("it is no key");
    return key;
}

/// Nonce and secretbox. The connector's id is in it, so that rows cannot be exchanged.
Octets seal(const Key& key, std::string_view connector, const ImportCredentials& credentials) {
    std::string text = json::serialize(
        json::array{json::string(connector), json::string(credentials.user), json::string(credentials.password)});
    Octets sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.size());
    randombytes_buf(sealed.data(), crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed.data() + crypto_secretbox_NONCEBYTES,
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(), sealed.data(), key.data());
    sodium_memzero(text.data(), text.size());
    return sealed;
}

std::optional<ImportCredentials> open_sealed(const Key& key, std::string_view connector, const Octets& sealed) {
    constexpr std::size_t around = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (sealed.size() < around) return std::nullopt;
    std::string text(sealed.size() - around, '\0');
    if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(text.data()),
                                   sealed.data() + crypto_secretbox_NONCEBYTES,
                                   sealed.size() - crypto_secretbox_NONCEBYTES, sealed.data(), key.data()) != 0)
        return std::nullopt;
    const json::value content = json::parse(text);
    sodium_memzero(text.data(), text.size());
    if (content.at(0).as_string() != connector) return std::nullopt;
    return ImportCredentials{std::string(content.at(1).as_string()), std::string(content.at(2).as_string())};
}

std::optional<Octets> find(Database& database, std::string_view connector) {
    SQLite::Statement row(database.handle(), "SELECT sealed FROM import_credential WHERE connector = ?");
    row.bind(1, std::string(connector));
    if (!row.executeStep()) return std::nullopt;
    const auto column = row.getColumn(0);
    const auto* octets = static_cast<const unsigned char*>(column.getBlob());
    return Octets(octets, octets + column.getBytes());
}

}  // namespace

Outcome<void> keep_import_credentials(Installation& installation, const Actor& actor, std::string_view connector,
                                      const ImportCredentials& credentials) {
    if (const auto found = find(installation, connector); !found) return tl::make_unexpected(found.error());
    const auto key = read_key(installation.database.folder(), true);
    if (!key) return unreadable(key.error().what);
    const Octets sealed = seal(*key, connector, credentials);
    Change transaction(installation.database);
    SQLite::Statement save(installation.database.handle(),
                           "INSERT INTO import_credential (connector, sealed) VALUES (?, ?) ON CONFLICT (connector) DO "
                           "UPDATE SET sealed = excluded.sealed");
    save.bind(1, std::string(connector));
    save.bind(2, sealed.data(), static_cast<int>(sealed.size()));
    save.exec();
    add_audit(installation, actor, "import credentials kept", connector);
    transaction.commit();
    return {};
}

Outcome<void> forget_import_credentials(Installation& installation, const Actor& actor, std::string_view connector) {
    if (const auto found = find(installation, connector); !found) return tl::make_unexpected(found.error());
    Change transaction(installation.database);
    SQLite::Statement remove(installation.database.handle(), "DELETE FROM import_credential WHERE connector = ?");
    remove.bind(1, std::string(connector));
    remove.exec();
    add_audit(installation, actor, "import credentials removed", connector);
    transaction.commit();
    return {};
}

Outcome<bool> has_import_credentials(Installation& installation, std::string_view connector) {
    if (const auto found = find(installation, connector); !found) return tl::make_unexpected(found.error());
    return find(installation.database, connector).has_value();
}

Outcome<std::optional<ImportCredentials>> kept_import_credentials(Installation& installation,
                                                                  std::string_view connector) {
    const auto sealed = find(installation.database, connector);
    if (!sealed) return std::nullopt;
    const auto key = read_key(installation.database.folder(), false);
    if (!key) return unreadable(key.error().what);
    auto credentials = open_sealed(*key, connector, *sealed);
    if (!credentials) return unreadable("it is not the key that the credentials were kept with; give them again");
    return credentials;
}

}  // namespace busbar::manage
