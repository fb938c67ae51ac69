#!/usr/bin/env bash
# fuzz.sh [TARGET|all] [SECONDS]: builds the fuzz targets with clang and runs them, as many at a time as there are processors.
# What was learned stays in build/fuzz-corpus/TARGET; a finding lies in build/fuzz-findings/TARGET-*.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
wanted=${1:-all} seconds=${2:-600}
seeds=build/fuzz-seeds corpora=build/fuzz-corpus findings=build/fuzz-findings

scripts/setup.sh fuzz
build fuzz all
/usr/bin/python3 tests/fuzz/make_seeds.py "$seeds"

targets=()
for program in build/fuzz/bin/fuzz_*; do
    target=${program##*/fuzz_}
    if [ "$wanted" = all ] || [ "$wanted" = "$target" ]; then targets+=("$target"); fi
done
[ ${#targets[@]} -gt 0 ] || fail "no fuzz target '$wanted'; there are: $(cd build/fuzz/bin && echo fuzz_* | sed 's/fuzz_//g')"

run_one() {
    local target=$1 log="$logs/fuzz-$1.log"
    mkdir -p "$corpora/$target" "$seeds/$target" "$findings"
    if "build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$findings/$target-" "$corpora/$target" "$seeds/$target" >"$log" 2>&1; then
        echo "$target: $(grep -a '^Done ' "$log"), nothing found"
    else
        echo "$target: FOUND something, see $log and $findings/$target-*"
        return 1
    fi
}
export -f run_one
export logs seeds corpora findings seconds
say "Fuzzing ${targets[*]}, $seconds s each"
printf '%s\0' "${targets[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'run_one "$0"'
