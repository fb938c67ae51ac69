#include "iec104/station/file_transfer.hpp"

#include <utility>

namespace busbar::iec104 {

namespace {

constexpr std::size_t most_words = 16;

}  // namespace

bool FileTransfer::is_free() const {
    if (const auto* sender = std::get_if<FileSender>(&end_)) return sender->has_ended();
    if (const auto* receiver = std::get_if<FileReceiver>(&end_)) return receiver->has_ended();
    return true;
}

bool FileTransfer::is_of(const FileAddress& file) const {
    if (is_free()) return false;
    const auto* sender = std::get_if<FileSender>(&end_);
    return (sender ? sender->file() : std::get<FileReceiver>(end_).file()) == file;
}

/// What the one before still has to say goes first.
template <class End>
void FileTransfer::begin(End end, std::uint8_t originator) {
    require(is_free(), "one file transfer runs at a time");
    if (const auto last = next_of_transfer(0, TimePoint{})) say(*last);
    end_ = std::move(end);
    originator_ = originator;
}

void FileTransfer::fetch(const FileAddress& file) { begin(FileReceiver::fetch(file, rules_), originator_); }

void FileTransfer::send(const FileAddress& file, std::uint32_t length) {
    FileSender sender(file, rules_);
    sender.ready(length);
    begin(std::move(sender), originator_);
}

void FileTransfer::selected(const FileAsdu& call) {
    begin(FileSender(call.file, rules_), call.originator);
    events_.push_back(FileSelected{call.file});
}

void FileTransfer::offered(const FileAsdu& ready) {
    begin(FileReceiver::offered(ready, rules_), ready.originator);
    events_.push_back(FileOffered{ready.file, ready.length});
}

// --- the owner's answers

void FileTransfer::ready(std::uint32_t length) {
    if (auto* sender = std::get_if<FileSender>(&end_)) sender->ready(length);
}

void FileTransfer::refuse(std::string reason) {
    auto* sender = std::get_if<FileSender>(&end_);
    if (sender == nullptr || sender->has_ended()) return;
    auto answer = FileAsdu::not_ready(sender->file());
    answer.originator = originator_;
    sender->abort(std::move(reason), events_);
    say(answer);
}

void FileTransfer::provide(Octets section) {
    if (auto* sender = std::get_if<FileSender>(&end_)) sender->provide(section);
}

void FileTransfer::accept() {
    if (auto* receiver = std::get_if<FileReceiver>(&end_)) receiver->accept();
}

void FileTransfer::stored() {
    if (auto* receiver = std::get_if<FileReceiver>(&end_)) receiver->stored(events_);
}

void FileTransfer::abort(std::string reason, FileFault fault) {
    if (auto* sender = std::get_if<FileSender>(&end_)) sender->abort(std::move(reason), events_);
    if (auto* receiver = std::get_if<FileReceiver>(&end_)) receiver->abort(std::move(reason), fault, events_);
}

void FileTransfer::forget(std::string reason) {
    abort(std::move(reason));
    end_ = std::monostate{};
    words_.clear();
}

// --- the peer

FileFault FileTransfer::receive(const FileAsdu& asdu, TimePoint now) {
    if (auto* sender = std::get_if<FileSender>(&end_)) return sender->receive(asdu, events_);
    if (auto* receiver = std::get_if<FileReceiver>(&end_)) receiver->receive(asdu, now, events_);
    return FileFault::none;
}

void FileTransfer::say(const FileAsdu& asdu) {
    if (words_.size() < most_words) words_.push(asdu);
}

std::optional<FileAsdu> FileTransfer::next(unsigned most_octets, TimePoint now) {
    if (!words_.empty()) {
        const auto word = words_.front();
        words_.pop();
        return word;
    }
    return next_of_transfer(most_octets, now);
}

std::optional<FileAsdu> FileTransfer::next_of_transfer(unsigned most_octets, TimePoint now) {
    std::optional<FileAsdu> asdu;
    if (auto* sender = std::get_if<FileSender>(&end_)) asdu = sender->next(most_octets, now);
    if (auto* receiver = std::get_if<FileReceiver>(&end_)) asdu = receiver->next(now);
    if (asdu) asdu->originator = originator_;
    return asdu;
}

std::optional<FileEvent> FileTransfer::take_event() {
    if (events_.empty()) return std::nullopt;
    auto event = std::move(events_.front());
    events_.pop_front();
    return event;
}

void FileTransfer::on_deadline(TimePoint now) {
    if (auto* sender = std::get_if<FileSender>(&end_)) sender->on_deadline(now, events_);
    if (auto* receiver = std::get_if<FileReceiver>(&end_)) receiver->on_deadline(now, events_);
}

std::optional<TimePoint> FileTransfer::next_deadline() const {
    if (const auto* sender = std::get_if<FileSender>(&end_)) return sender->next_deadline();
    if (const auto* receiver = std::get_if<FileReceiver>(&end_)) return receiver->next_deadline();
    return std::nullopt;
}

}  // namespace busbar::iec104
