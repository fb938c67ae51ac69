#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <memory>
#include <string>

#include "manage/rest/http.hpp"
#include "manage/rest/web_stream.hpp"

namespace busbar::manage {

/// A connection that has left the exchange of requests and responses, and lives until its client goes. It keeps itself
/// alive while something is under way; `ended` is called once, last.
class OpenLine : public LiveLine {
public:
    using Ended = std::function<void(const std::shared_ptr<OpenLine>& line)>;
    virtual void begin() = 0;
    /// The server goes: the client is told at once, and forgotten.
    virtual void abandon() = 0;
};

using Upgrade = boost::beast::http::request<boost::beast::http::string_body>;

std::shared_ptr<OpenLine> make_web_socket(WebStream stream, Upgrade request, std::shared_ptr<LiveClient> client,
                                          OpenLine::Ended ended);
/// `response`: the header's lines, ready to send.
std::shared_ptr<OpenLine> make_event_source(WebStream stream, std::string response, std::shared_ptr<LiveClient> client,
                                            OpenLine::Ended ended);

}  // namespace busbar::manage
