#include "manage/openid/web_client.hpp"

#include <curl/curl.h>

#include <array>
#include <utility>

namespace busbar::manage {

namespace {

constexpr std::size_t largest_answer = std::size_t{1} << 20;
constexpr long whole_limit_ms = 10'000, connect_limit_ms = 5'000;

using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;
using Lines = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

std::size_t take(char* octets, std::size_t size, std::size_t count, void* into) {
    auto& body = *static_cast<std::string*>(into);
    if (body.size() + size * count > largest_answer) return 0;  // libcurl ends the transfer
    body.append(octets, size * count);
    return size * count;
}

int look(void* ending, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return *static_cast<const std::atomic<bool>*>(ending) ? 1 : 0;
}

Lines header_of(const WebRequest& request) {
    Lines lines(curl_slist_append(nullptr, "accept: application/json"), curl_slist_free_all);
    if (!request.authorization.empty()) {
        const std::string line = "authorization: " + request.authorization;
        curl_slist_append(lines.get(), line.c_str());
    }
    return lines;
}

void set_limits(CURL* curl, const std::atomic<bool>& ending) {
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);  // signals belong to the loop
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, whole_limit_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_limit_ms);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, static_cast<long>(largest_answer));
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &ending);
}

Result<WebAnswer> fetch(const WebRequest& request, const std::string& ca_file, const std::atomic<bool>& ending) {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    require(ready, "libcurl starts");
    const Handle curl(curl_easy_init(), curl_easy_cleanup);
    require(curl != nullptr, "there is memory for a request");
    std::array<char, CURL_ERROR_SIZE> error{};
    WebAnswer answer;
    const Lines header = header_of(request);
    set_limits(curl.get(), ending);
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, error.data());
    curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, header.get());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl.get(), CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    if (!ca_file.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_CAINFO, ca_file.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_CAPATH, nullptr);
    }
    if (request.form) {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form->size()));
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.form->c_str());
    }
    if (const auto code = curl_easy_perform(curl.get()); code != CURLE_OK) {
        if (code == CURLE_WRITE_ERROR || code == CURLE_FILESIZE_EXCEEDED) return fail("the answer is too large");
        return fail(error[0] != '\0' ? error.data() : curl_easy_strerror(code));
    }
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

}  // namespace

Fetch web_client(std::string ca_file, std::shared_ptr<const std::atomic<bool>> ending) {
    return [ca_file = std::move(ca_file), ending = std::move(ending)](const WebRequest& request) {
        return fetch(request, ca_file, *ending);
    };
}

}  // namespace busbar::manage
