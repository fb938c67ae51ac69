#!/usr/bin/env bash
# boot.sh: boots a machine with systemd as PID 1 and Busbar's units in it (tests/systemd), in namespaces of its own, on a layer
# above this machine's programs that is forgotten at the end. Nothing is installed, mounted, started or opened outside of it;
# packages that are missing in it (systemd, dbus, polkitd) are installed into the layer. Needs root. About two minutes;
# console and journal stay in build/logs/boot.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || fail "only root may boot a machine: sudo ./dev boot"

scripts/setup.sh test
build release busbar
say "Booting a machine with systemd; all of it is gone at the end (logs: $logs/boot)"
export BUSBAR_PROGRAM=$PWD/build/release/bin/busbar BUSBAR_SOURCE_DIR=$PWD
exec unshare --mount --propagation private /usr/bin/python3 tests/systemd/boot.py
