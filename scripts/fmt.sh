#!/usr/bin/env bash
# fmt.sh [--check]: formats the C++ files that git knows with .clang-format.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
scripts/setup.sh fmt
how=(-i)
if [ "${1:-}" = --check ]; then how=(--dry-run --Werror); fi
git ls-files -z '*.cpp' '*.hpp' | xargs -0 -r clang-format "${how[@]}"
