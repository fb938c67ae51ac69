#!/usr/bin/env bash
# other-suite.sh SUITE FOLDER [SOURCES]: takes the entry that gives this machine its Debian (suite "bookworm" for the new
# suite "bookworm-backports"), in either of apt's formats, and writes the same entry with SUITE into FOLDER.
# SOURCES: where apt's sources.list and sources.list.d are, /etc/apt unless told.
set -euo pipefail
suite=$1 folder=$2 sources=${3:-/etc/apt}
base=${suite%-*}
shopt -s nullglob

for file in "$sources"/sources.list.d/*.sources; do
    awk -v base="$base" -v suite="$suite" '
        BEGIN { RS = ""; FS = "\n" }
        {
            ours = 0; wanted = 1; text = ""
            for (i = 1; i <= NF; i++) {
                if ($i ~ /^#/) continue
                if ($i ~ /^Enabled:[ \t]*(no|false|0)/) wanted = 0
                if ($i ~ /^Types:/) { if ($i !~ /[ \t:]deb([ \t]|$)/) wanted = 0; $i = "Types: deb" }
                if ($i ~ /^Suites:/) { if (($i " ") ~ ("[ \t:]" base "[ \t]")) ours = 1; $i = "Suites: " suite }
                text = text $i "\n"
            }
            if (ours && wanted && !found) { printf "%s", text; found = 1 }
        }' "$file" >"$folder/busbar-$suite.sources"
    if [ -s "$folder/busbar-$suite.sources" ]; then exit 0; fi
done
rm -f "$folder/busbar-$suite.sources"

for file in "$sources"/sources.list "$sources"/sources.list.d/*.list; do
    [ -e "$file" ] || continue
    # deb [options] address suite component...
    sed -nE "s/^(deb[[:space:]]+(\[[^]]*\][[:space:]]+)?[^[:space:]]+[[:space:]]+)$base([[:space:]].*)$/\1$suite\3/p" "$file" |
        head -n 1 >"$folder/busbar-$suite.list"
    if [ -s "$folder/busbar-$suite.list" ]; then exit 0; fi
done
rm -f "$folder/busbar-$suite.list"
echo "no entry for the suite $base in $sources" >&2
exit 1
