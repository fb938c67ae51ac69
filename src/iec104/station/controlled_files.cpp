#include "iec104/station/controlled_files.hpp"

#include <utility>

namespace busbar::iec104 {

namespace {

/// Types with which a control room loads a file.
bool loads(TypeId type) { return type != file_call_type && type != file_acknowledge_type; }

}  // namespace

ControlledFiles::~ControlledFiles() {
    forget("the connection is gone");
    while (take_event()) {
    }
}

std::optional<Cause> ControlledFiles::receive(const iec60870::AsduView& view, TimePoint now) {
    const FileAsdu asdu = read_file_asdu(view);
    if (asdu.cause == Cause::request) {
        directory_ = Directory{asdu.file.common_address, 0, asdu.originator};
        return std::nullopt;
    }
    if (loads(asdu.type) && !rules_.allow_load) return Cause::unknown_type;
    if (asdu.file.ioa == 0) return Cause::unknown_ioa;
    const bool is_known = table_.find(asdu.file.common_address, asdu.file.ioa) != nullptr;
    const bool names_file = asdu.calls(FileCall::select_file) || asdu.calls(FileCall::delete_file);
    if (names_file && !is_known) return Cause::unknown_ioa;

    if (asdu.calls(FileCall::select_file)) {
        select(asdu);
    } else if (asdu.calls(FileCall::delete_file)) {
        remove(asdu);
    } else if (asdu.type == file_ready_type) {
        offer(asdu);
    } else if (transfer_.is_of(asdu.file)) {
        answer(asdu, transfer_.receive(asdu, now));
    } else {
        answer(asdu, transfer_.is_free() ? FileFault::unexpected_service : FileFault::unexpected_file);
    }
    return std::nullopt;
}

/// A control room that selects its file again begins anew.
void ControlledFiles::select(const FileAsdu& call) {
    if (transfer_.is_of(call.file)) {
        transfer_.forget("selected anew");
        table_.release(call.file);
    }
    if (!table_.holds(call.file) || !transfer_.is_free() || !table_.claim(call.file))
        return say(FileAsdu::not_ready(call.file), call);
    transfer_.selected(call);
}

void ControlledFiles::remove(const FileAsdu& call) {
    const bool possible = rules_.allow_delete && !call.test && table_.holds(call.file) && table_.claim(call.file);
    if (!possible) return say(FileAsdu::not_ready(call.file), call);
    originator_of_deletion_ = call.originator;
    transfer_.report(FileDeletionWanted{call.file});
}

void ControlledFiles::deleted(const FileAddress& file, bool done) {
    table_.release(file);
    if (done) table_.erase(file);
    FileAsdu word = done ? FileAsdu::file_ready(file, 0) : FileAsdu::not_ready(file);
    word.originator = originator_of_deletion_;
    transfer_.say(word);
}

void ControlledFiles::offer(const FileAsdu& ready) {
    const auto refuse = [&](FileFault fault) {
        say(FileAsdu::call(ready.file, 0, FileCall::deactivate_file, fault), ready);
    };
    if (ready.negative) return;
    if (ready.length > rules_.longest) return refuse(FileFault::no_memory);
    if (ready.test || !transfer_.is_free() || !table_.claim(ready.file)) return refuse(FileFault::unexpected_service);
    transfer_.offered(ready);
}

/// What was wrong with a call, or with a section or file that nobody expects. Segments are not answered one by one.
void ControlledFiles::answer(const FileAsdu& what, FileFault fault) {
    if (fault == FileFault::none) return;
    if (what.type == file_call_type)
        say(FileAsdu::call(what.file, what.section, static_cast<FileCall>(what.qualifier), fault), what);
    if (what.type == section_ready_type)
        say(FileAsdu::call(what.file, what.section, FileCall::deactivate_file, fault), what);
    if (what.type == file_last_type)
        say(FileAsdu::acknowledge(what.file, what.section, FileAnswer::file_refused, fault), what);
}

void ControlledFiles::say(FileAsdu word, const FileAsdu& answers) {
    word.originator = answers.originator;
    word.test = answers.test;
    transfer_.say(word);
}

void ControlledFiles::forget(std::string reason) {
    directory_.reset();
    transfer_.forget(std::move(reason));
}

bool ControlledFiles::next(bool segments, const AsduFormat& format, iec60870::AsduWriter& out, TimePoint now) {
    if (directory_) {
        const auto next =
            table_.write_directory(directory_->common_address, directory_->next, directory_->originator, out);
        if (next) {
            directory_->next = *next;
        } else {
            directory_.reset();
        }
        return true;
    }
    if (table_.write_announcement(announced_, out)) return true;
    if (!segments) return false;
    const auto asdu = transfer_.next(most_segment_octets(format), now);
    if (asdu) write_file_asdu(*asdu, out);
    return asdu.has_value();
}

std::optional<FileEvent> ControlledFiles::take_event() {
    auto event = transfer_.take_event();
    const auto* ended = event ? std::get_if<FileEnded>(&*event) : nullptr;
    if (ended != nullptr && !transfer_.is_of(ended->file)) table_.release(ended->file);
    return event;
}

}  // namespace busbar::iec104
