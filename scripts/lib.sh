# shellcheck shell=bash
# Shared by ./run, ./test and ./dev, which source it with `set -euo pipefail`. Leaves the shell at the top of the tree.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
logs=build/logs
mkdir -p "$logs"

say() { printf '== %s\n' "$*"; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# quietly NAME COMMAND...: output goes to build/logs/NAME.log and is shown only when the command fails.
quietly() {
    local log="$logs/$1.log"
    shift
    "$@" >"$log" 2>&1 && return
    tail -n 30 "$log" >&2
    fail "'$*' failed; all of its output is in $log"
}

# One compiler for each processor, but only as many as the memory can hold (Boost and sanitizers: up to 1.5 GB each).
jobs() {
    local memory_kb processors
    memory_kb=$(awk '/^MemAvailable/ {print $2}' /proc/meminfo)
    processors=$(nproc)
    local fit=$((memory_kb / 1500000))
    echo $((fit < 1 ? 1 : fit < processors ? fit : processors))
}

# Clones in several folders share what was compiled.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=true

# build PRESET TARGET...: configures (a second when nothing changed) and builds.
build() {
    local preset=$1
    shift
    say "Building $* (preset $preset, in build/$preset)"
    quietly "configure-$preset" cmake --preset "$preset"
    cmake --build "build/$preset" --parallel "$(jobs)" --target "$@"
}
