#!/usr/bin/env bash
# lint.sh [FILE...]: clang-tidy with .clang-tidy, over all of src/ unless files are named, and the include arrows.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
scripts/setup.sh lint
/usr/bin/python3 tests/architecture/include_arrows_test.py
say "clang-tidy"
quietly configure-dev cmake --preset dev
mapfile -t files < <(if [ $# -gt 0 ]; then printf '%s\n' "$@"; else git ls-files 'src/*.cpp'; fi)
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(jobs)" clang-tidy-19 -p build/dev --quiet 2> >(grep -v ' warnings generated' >&2)
