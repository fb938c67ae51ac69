#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "connector/common/request_data.hpp"
#include "connector/iec104_client/line.hpp"
#include "connector/iec104_client/point_maker.hpp"
#include "files/file_client.hpp"
#include "iec60870/element/time_tag.hpp"
#include "store/status_writer.hpp"

namespace busbar::connector {

/// Files of the stations behind a line, as entries of `connectors:{ID}:requests` ask for them:
///   file_directory {"casdu"}; file_fetch {"casdu","ioa","file":1,"name":""}; file_send
///   {"casdu","ioa","file":1,"name"}.
/// `name` is that of the file in the folder; without it a fetched one gets a name of its address. One file, and one
/// directory, at a time. What came of it is a second answer to the request.
class LineFiles {
public:
    struct Owner {
        /// As the store calls a station that the line knows by this common address.
        std::function<std::uint16_t(std::uint16_t remote)> casdu_of;
        std::function<UtcTime(const iec60870::Cp56Time2a& tag, UtcTime otherwise)> utc_of;
    };
    LineFiles(std::string folder, iec60870::AsduFormat format, Owner owner);

    void configure(std::string folder, iec60870::AsduFormat format);
    static bool does(std::string_view action);
    using Reply = std::function<void(const Result<std::string>& data)>;
    /// `reply` is called when it has begun, and when it has ended; once if it cannot begin.
    void request(Line& line, const PointMaker& stations, std::string_view action, std::string_view data, Reply reply);
    void handle(Line& line, const iec104::FileEvent& event);
    void line_lost(const std::string& peer);
    void write_status(store::StatusWriter& status) const;

private:
    Result<void> begin(Line& line, const PointMaker& stations, std::string_view action, std::string_view data);
    Result<void> begin(iec104::ControllingFiles& session, const RequestData& data, std::string_view action,
                       iec60870::CommonAddress remote);
    void directory_received(const iec104::DirectoryReceived& directory, const std::string& peer);
    void directory_ended(const iec104::DirectoryEnded& ended);
    void file_ended(const files::FileClient::Ended& ended, const std::string& peer);
    static void answer(Reply& waiting, const boost::json::object& data);

    iec60870::AsduFormat format_;
    Owner owner_;
    files::FileClient files_;
    Reply directory_reply_, file_reply_;  // of who waits for the end
    boost::json::array entries_;          // of the directory that is being read
    std::int64_t fetched_ = 0, sent_ = 0, failed_ = 0, announced_ = 0;
};

}  // namespace busbar::connector
