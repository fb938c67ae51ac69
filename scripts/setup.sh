#!/usr/bin/env bash
# Installs what is missing to build and run Busbar on Debian 12. Says what it installs, asks nothing, and is done in a
# moment, without the network, when nothing is missing.
#   scripts/setup.sh [test] [fuzz] [fmt] [lint]    beside what the build needs: packages for these parts of ./test and ./dev
set -euo pipefail
source "$(dirname "$0")/lib.sh"
source scripts/apt.sh

build_packages=(build-essential g++ cmake ninja-build ccache libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
    libhiredis-dev libcurl4-openssl-dev libcli11-dev libtomlplusplus-dev libspdlog-dev libfmt-dev libexpected-dev libpcap-dev libssl-dev
    libhowardhinnant-date-dev prometheus-cpp-dev libsqlitecpp-dev libsqlite3-dev libsodium-dev libvalijson-dev libzip-dev libxlsxwriter-dev libgtest-dev libgmock-dev libbenchmark-dev python3)
test_packages=(git openssl python3-scapy python3-jsonschema sqlite3 tshark socat procps curl)
fuzz_packages=(clang-19 libclang-rt-19-dev)
fmt_packages=(git clang-format)
lint_packages=(git clang-tidy-19)

packages=("${build_packages[@]}")
for part in "$@"; do
    case $part in
        test) packages+=("${test_packages[@]}") ;;
        fuzz) packages+=("${fuzz_packages[@]}") ;;
        fmt) packages+=("${fmt_packages[@]}") ;;
        lint) packages+=("${lint_packages[@]}") ;;
        *) fail "setup.sh: '$part' is not one of test, fuzz, fmt, lint" ;;
    esac
done

install_missing "${packages[@]}"
install_node_packages web/explorer
# The OpenID provider of one story.
case " $* " in *" test "*) install_node_packages tests/openid ;; esac
install_store_server
