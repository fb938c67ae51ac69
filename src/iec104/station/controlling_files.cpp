#include "iec104/station/controlling_files.hpp"

#include <algorithm>
#include <utility>

#include "iec60870/element/file.hpp"

namespace busbar::iec104 {

namespace {

constexpr std::size_t status_at = 5;  // SOF behind NOF and LOF

bool holds_last_file(const iec60870::AsduView& directory) {
    return std::ranges::any_of(directory, [](const iec60870::InformationObject& entry) {
        return iec60870::decode<iec60870::StatusOfFile>(entry.element.data() + status_at).last;
    });
}

std::string refused_with(Cause cause) {
    return "refused by the station with cause " + std::to_string(static_cast<unsigned>(cause));
}

}  // namespace

// --- wishes

Result<void> ControllingFiles::call_directory(CommonAddress common_address) {
    if (directory_) return fail("a directory is being read already");
    directory_ = Directory{common_address, {}};
    return {};
}

Result<void> ControllingFiles::check(const FileAddress& file) const {
    if (file.ioa == 0) return fail("ioa: 0 is no file's address");
    if (!transfer_.is_free()) return fail("a file is being transferred already");
    return {};
}

Result<void> ControllingFiles::fetch(const FileAddress& file) {
    if (auto checked = check(file); !checked) return checked;
    transfer_.fetch(file);
    return {};
}

Result<void> ControllingFiles::send(const FileAddress& file, std::uint32_t length) {
    if (auto checked = check(file); !checked) return checked;
    const auto most = most_octets();
    if (length > most)
        return fail(std::to_string(length) + " octets are more than can be sent: " + std::to_string(most));
    transfer_.send(file, length);
    return {};
}

std::uint32_t ControllingFiles::most_octets() const {
    constexpr std::uint32_t most_sections = 255;
    return std::min(transfer_.rules().longest, most_sections * transfer_.rules().section_octets);
}

// --- the station

bool ControllingFiles::receive(const iec60870::AsduView& view, TimePoint now) {
    if (view.header().type == directory_type) return take_directory(view, now);
    const FileAsdu asdu = read_file_asdu(view);
    const bool calls_directory = asdu.type == file_call_type && asdu.file.ioa == 0;
    if (calls_directory && directory_ && asdu.is_refused()) {
        end_directory(refused_with(asdu.cause));
        return true;
    }
    if (!transfer_.is_of(asdu.file)) return false;
    transfer_.receive(asdu, now);
    return true;
}

bool ControllingFiles::take_directory(const iec60870::AsduView& view, TimePoint now) {
    const auto& header = view.header();
    transfer_.report(DirectoryReceived{view.octets()});
    const bool answers =
        directory_ && header.cause == Cause::request && header.common_address == directory_->common_address;
    if (!answers) return header.cause == Cause::spontaneous;
    directory_->until = now + transfer_.rules().step_limit;
    if (holds_last_file(view)) end_directory({});
    return true;
}

void ControllingFiles::end_directory(std::string reason) {
    transfer_.report(DirectoryEnded{directory_->common_address, std::move(reason)});
    directory_.reset();
}

void ControllingFiles::forget(const std::string& reason) {
    transfer_.forget(reason);
    if (directory_) end_directory(reason);
}

// --- what goes out

bool ControllingFiles::next(const AsduFormat& format, iec60870::AsduWriter& out, TimePoint now) {
    std::optional<FileAsdu> asdu;
    if (directory_ && !directory_->until) {
        asdu = FileAsdu::call({directory_->common_address, 0, 0}, 0, FileCall::none);
        asdu->cause = Cause::request;
        directory_->until = now + transfer_.rules().step_limit;
    } else {
        asdu = transfer_.next(most_segment_octets(format), now);
    }
    if (!asdu) return false;
    asdu->originator = originator_;
    write_file_asdu(*asdu, out);
    return true;
}

void ControllingFiles::on_deadline(TimePoint now) {
    transfer_.on_deadline(now);
    if (directory_ && directory_->until && *directory_->until <= now)
        end_directory("the last entry of the directory did not come in time");
}

std::optional<TimePoint> ControllingFiles::next_deadline() const {
    auto next = transfer_.next_deadline();
    if (directory_ && directory_->until) next = next ? std::min(*next, *directory_->until) : *directory_->until;
    return next;
}

}  // namespace busbar::iec104
