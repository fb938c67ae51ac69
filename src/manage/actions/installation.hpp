#pragma once

#include <functional>

#include "manage/actions/jobs.hpp"
#include "manage/actions/login_limits.hpp"
#include "manage/actions/openid_desk.hpp"
#include "manage/actions/request_metrics.hpp"
#include "manage/actions/scripts.hpp"
#include "manage/actions/worker.hpp"
#include "manage/actions/write_gate.hpp"
#include "manage/database/database.hpp"
#include "manage/live/connector_calls.hpp"
#include "manage/live/connector_states.hpp"
#include "manage/live/publication.hpp"
#include "manage/supervise/supervision.hpp"
#include "net/event_loop.hpp"

namespace busbar::manage {

struct Live;

/// What actions work on. One thread: that of the loop.
struct Installation {
    net::EventLoop& loop;
    Database& database;
    Worker& worker;
    store::Store& store;
    Publication& publication;
    ConnectorStates& states;
    ConnectorCalls& calls;
    Supervision& supervision;
    Live& live;
    WriteGate gate{loop};
    Jobs jobs{loop, database};
    Scripts scripts{*this};
    RequestMetrics requests = {};
    LoginLimits login_limits = {};
    OpenIdDesk openid{loop};
};

}  // namespace busbar::manage
