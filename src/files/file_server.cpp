#include "files/file_server.hpp"

#include <utility>

#include "files/file_name.hpp"

namespace busbar::files {

using namespace iec104;

ControlledFileRules FileServerConfig::rules() const {
    ControlledFileRules rules;
    rules.step_limit = step_limit;
    rules.longest = longest;
    rules.allow_load = !receive_folder.empty();
    rules.allow_delete = allow_delete;
    return rules;
}

FileServer::FileServer(ControlledStation& station, const FileServerConfig& config, Owner owner)
    : station_(station),
      config_(config),
      owner_(std::move(owner)),
      folder_(config.folder, {.longest = config.longest, .most = config.most}) {}

FileAddress FileServer::address_of(std::uint32_t number) const {
    return {config_.common_address, config_.first_ioa + number - 1, config_.name};
}

void FileServer::look(UtcTime now) {
    if (config_.folder.empty()) return;
    const auto changes = folder_.look(now);
    const std::string trouble = changes ? "" : changes.error().what;
    if (trouble != trouble_) owner_.on_trouble(trouble_ = trouble);
    if (!changes) return;
    for (const auto& file : changes->gone) station_.remove_file(address_of(file.number));
    for (const auto& file : changes->appeared) {
        const auto address = address_of(file.number);
        station_.set_file(address, static_cast<std::uint32_t>(file.state.size), owner_.time_tag(file.state.modified()));
        owner_.on_listed(address, file);
    }
    for (const auto& what : changes->left_out) owner_.on_left_out(what);
}

void FileServer::handle(ControlledSession& session, const FileEvent& event, const std::string& peer) {
    if (session.files() == nullptr) return;
    const Context at{*session.files(), works_[&session], peer};
    std::visit([&](const auto& what) { on(what, at); }, event);
    if (std::holds_alternative<FileEnded>(event)) works_.erase(&session);
}

void FileServer::on(const FileSelected& event, Context at) {
    const auto number = number_of(event.file);
    const auto listed = folder_.files().find(number);
    if (listed != folder_.files().end()) at.work.name = listed->second.name;
    auto opened = folder_.open(number);
    if (!opened) return at.session.refuse(opened.error().what);
    at.work.file = event.file;
    at.work.sent = std::move(*opened);
    at.session.ready(static_cast<std::uint32_t>(at.work.sent->state().size));
}

void FileServer::on(const FileDeletionWanted& event, Context at) {
    const auto number = number_of(event.file);
    const auto removed = folder_.remove(number);
    if (removed) ++counters_.deleted;
    at.session.deleted(event.file, removed.has_value());
}

void FileServer::on(const SectionWanted& event, Context at) {
    section_.resize(event.length);
    const auto read = at.work.sent ? at.work.sent->read(event.offset, section_) : fail("is not open");
    if (!read) return at.session.abort("the file " + read.error().what);
    at.session.provide(section_);
}

void FileServer::on(const FileOffered& event, Context at) {
    auto created = IncomingFile::create(config_.receive_folder, name_of(event.file));
    if (!created) return at.session.abort(created.error().what, FileFault::no_memory);
    at.work.file = event.file;
    at.work.name = created->name();
    at.work.received = std::move(*created);
    at.session.accept();
}

void FileServer::on(const SegmentReceived& event, Context at) {
    if (!at.work.received) return;
    if (const auto written = at.work.received->write(event.offset, event.octets); !written)
        at.session.abort("the file " + written.error().what, FileFault::no_memory);
}

void FileServer::on(const FileReceived& event, Context at) {
    if (!at.work.received) return;
    if (const auto done = at.work.received->finish(event.length); !done)
        return at.session.abort("the file " + done.error().what, FileFault::no_memory);
    at.session.stored();
}

void FileServer::on(const FileEnded& event, Context at) { ended(event, at.work, at.peer); }

void FileServer::ended(const FileEnded& event, const Work& work, const std::string& peer) {
    ++(!event.reason.empty() ? counters_.failed : event.sent ? counters_.sent : counters_.received);
    owner_.on_ended({event.file, printable(work.name), event.sent, event.reason, peer});
}

void FileServer::session_gone(const ControlledSession& session, const std::string& peer) {
    const auto found = works_.find(&session);
    if (found == works_.end()) return;
    const Work& work = found->second;
    if (work.sent || work.received) ended({work.file, work.sent.has_value(), "the connection is lost"}, work, peer);
    works_.erase(found);
}

}  // namespace busbar::files
