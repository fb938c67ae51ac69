#!/usr/bin/env bash
# Another project can use iec60870, iec104 and iec102 alone: builds only the libraries, installs them into an empty folder,
# and builds and runs examples against that folder with nothing of ours on the include path.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake -S "$source_dir" -B "$work/libraries" -G Ninja -DBUSBAR_PROGRAM=OFF -DBUSBAR_TESTS=OFF -DCMAKE_BUILD_TYPE=Release
cmake --build "$work/libraries" --parallel 2
cmake --install "$work/libraries" --prefix "$work/installed"

# example NAME TEXT: the example runs, and its output has the text
example() {
    cmake -S "$source_dir/examples/$1" -B "$work/$1" -G Ninja -DCMAKE_PREFIX_PATH="$work/installed" \
        -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror"
    cmake --build "$work/$1"
    "$work/$1/$1" | tee "$work/output"
    grep -q "$2" "$work/output"
}

example decode_frame 'M_ME_TF_1 casdu 1 ioa 100 value 23.5'
example read_meter 'meter energy.active.imported 255842 kWh'
