#!/usr/bin/env bash
# fuzz.sh [TARGET,…|all] [SECONDS]: builds the fuzz targets with clang and runs them, as many at a time as there are processors.
# What was learned stays in build/fuzz-corpus/TARGET; a finding lies in build/fuzz-findings/TARGET-*.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
wanted=${1:-all} seconds=${2:-600}
seeds=build/fuzz-seeds corpora=build/fuzz-corpus findings=build/fuzz-findings

all=()
for source in tests/fuzz/*_fuzz.cpp; do
    target=${source##*/}
    all+=("${target%_fuzz.cpp}")
done
if [ "$wanted" = all ]; then targets=("${all[@]}"); else IFS=, read -ra targets <<<"$wanted"; fi
for target in "${targets[@]}"; do
    [ -f "tests/fuzz/${target}_fuzz.cpp" ] || fail "no fuzz target '$target'; there are: ${all[*]}"
done

scripts/setup.sh fuzz
build fuzz "${targets[@]/#/fuzz_}"
/usr/bin/python3 tests/fuzz/make_seeds.py "$seeds"

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
