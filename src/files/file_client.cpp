#include "files/file_client.hpp"

#include <utility>

#include "files/file_name.hpp"

namespace busbar::files {

using namespace iec104;

namespace {

Error no_plain_name(const std::string& name) {
    return {"name: \"" + printable(name) + "\" is not a file name without a folder"};
}

}  // namespace

Result<void> FileClient::fetch(Session& session, const FileAddress& file, const std::string& name) {
    if (folder_.empty()) return fail("files.folder: there is none to store the file in");
    if (!name.empty() && !is_plain_name(name)) return tl::make_unexpected(no_plain_name(name));
    if (auto begun = session.fetch(file); !begun) return begun;
    name_ = name.empty() ? name_of(file) : name;
    running_ = Ended{file, printable(name_), false, 0, {}};
    return {};
}

Result<void> FileClient::send(Session& session, const FileAddress& file, const std::string& name) {
    if (folder_.empty()) return fail("files.folder: there is none to send the file from");
    if (!is_plain_name(name)) return tl::make_unexpected(no_plain_name(name));
    auto folder = open_folder(folder_);
    if (!folder) return tl::make_unexpected(folder.error());
    auto opened = OpenFile::open(*folder, name);
    if (!opened) return fail("name: \"" + printable(name) + "\" " + opened.error().what);
    const auto octets = opened->state().size;
    if (octets > session.most_octets())
        return fail("name: " + std::to_string(octets) + " octets are more than the " +
                    std::to_string(session.most_octets()) + " that can be sent");
    if (auto begun = session.send(file, static_cast<std::uint32_t>(octets)); !begun) return begun;
    sent_ = std::move(*opened);
    name_ = name;
    running_ = Ended{file, printable(name_), true, static_cast<std::uint32_t>(octets), {}};
    return {};
}

std::optional<FileClient::Ended> FileClient::handle(Session* session, const FileEvent& event) {
    if (const auto* ended = std::get_if<FileEnded>(&event)) {
        if (running_) running_->reason = ended->reason;
        sent_.reset();
        received_.reset();
        return std::exchange(running_, std::nullopt);
    }
    if (session != nullptr) std::visit([&](const auto& what) { on(what, *session); }, event);
    return std::nullopt;
}

std::optional<FileClient::Ended> FileClient::line_lost() {
    sent_.reset();
    received_.reset();
    if (running_) running_->reason = "the connection is lost";
    return std::exchange(running_, std::nullopt);
}

void FileClient::on(const SectionWanted& event, Session& session) {
    section_.resize(event.length);
    const auto read = sent_ ? sent_->read(event.offset, section_) : fail("is not open");
    if (!read) return session.abort("the file " + read.error().what);
    session.provide(section_);
}

void FileClient::on(const FileOffered& event, Session& session) {
    auto created = IncomingFile::create(folder_, name_);
    if (!created) return session.abort(created.error().what, FileFault::no_memory);
    received_ = std::move(*created);
    if (running_) running_->octets = event.length;
    session.accept();
}

void FileClient::on(const SegmentReceived& event, Session& session) {
    if (!received_) return;
    if (const auto written = received_->write(event.offset, event.octets); !written)
        session.abort("the file " + written.error().what, FileFault::no_memory);
}

void FileClient::on(const FileReceived& event, Session& session) {
    if (!received_) return;
    if (const auto done = received_->finish(event.length); !done)
        return session.abort("the file " + done.error().what, FileFault::no_memory);
    session.stored();
}

}  // namespace busbar::files
