#!/usr/bin/env bash
# Another project can use iec60870 and iec104 alone: builds only the libraries, installs them into an empty folder, and
# builds and runs an example against that folder with nothing of ours on the include path.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake -S "$source_dir" -B "$work/libraries" -G Ninja -DBUSBAR_PROGRAM=OFF -DBUSBAR_TESTS=OFF -DCMAKE_BUILD_TYPE=Release
cmake --build "$work/libraries" --parallel 2
cmake --install "$work/libraries" --prefix "$work/installed"

cmake -S "$source_dir/examples/decode_frame" -B "$work/example" -G Ninja -DCMAKE_PREFIX_PATH="$work/installed" \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror"
cmake --build "$work/example"
"$work/example/decode_frame" | tee "$work/output"

grep -q 'M_ME_TF_1 casdu 1 ioa 100 value 23.5' "$work/output"
