#include "connector/common/transfer_state.hpp"

namespace busbar::connector {

std::string_view to_string(iec104::TransferState state) {
    using iec104::TransferState;
    switch (state) {
        case TransferState::stopped: return "stopped";
        case TransferState::pending_started: return "pending started";
        case TransferState::started: return "started";
        case TransferState::unconfirmed_stopped: return "unconfirmed stopped";
        case TransferState::pending_unconfirmed_stopped: return "pending unconfirmed stopped";
        case TransferState::pending_stopped: return "pending stopped";
        case TransferState::closed: return "closed";
    }
    return "";
}

}  // namespace busbar::connector
