#pragma once

#include "manage/live/problem.hpp"
