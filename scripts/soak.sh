#!/usr/bin/env bash
# soak.sh [ROUNDS] [PRESET] [MINUTES]: the kill tests in their long form, ROUNDS times (1), each from a seed of its own that
# is printed, with the programs of a preset (release; dev and tsan have sanitizers, whose findings fail it). A round takes
# about 25 minutes, MINUTES (30) of one chain whose lines are cut, and as many of meters on faulty lines; memory may not grow in
# either. Logs stay in build/logs/soak-*.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
rounds=${1:-1} preset=${2:-release} minutes=${3:-30}

scripts/setup.sh test
build "$preset" busbar busbar-fault-proxy busbar_stepped_clock
export BUSBAR_PROGRAM=$PWD/build/$preset/bin/busbar BUSBAR_SOURCE_DIR=$PWD
export ASAN_OPTIONS=quarantine_size_mb=8  # or memory seems to grow until the quarantine is full

soak() {
    local name=$1 seed=$RANDOM$RANDOM log
    shift
    log=$logs/soak-$name-$seed.log
    say "$name, seed $seed ($log)"
    if ! /usr/bin/python3 "tests/scenario/$1" "${@:2}" --seed "$seed" >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        fail "$name failed with seed $seed; everything is in $log"
    fi
    grep -E 'lost,|executed|confirmed|kB, open|what happened' "$log" | tail -n 3
}

for ((round = 1; round <= rounds; ++round)); do
    say "Round $round of $rounds"
    soak kills event_kills.py --events 200000 --kills 110
    soak groups event_kills.py --events 200000 --kills 110 --groups --clocks
    soak cuts event_kills.py --events 1000000 --kills 200 --only cut --watch
    soak watched event_kills.py --events $((minutes * 60000)) --rate 1000 --kills $((minutes * 10)) --only cut --watch
    soak commands command_kills.py --count 10000
    soak meter-faults meter_faults.py --lasting
    soak meters meter_soak.py --minutes "$minutes" --watch
done
