# shellcheck shell=bash disable=SC2154
# Installing Debian packages without questions, without services and without touching the machine's package sources.
# Sourced by setup.sh.

apt_log=$logs/setup.log

# Asked for before anything is installed, so that a refusal is seen and not buried in the log.
need_root() {
    [ "$(id -u)" != 0 ] || return 0
    command -v sudo >/dev/null || fail "packages must be installed: run this once as root, or install sudo"
    sudo true || fail "packages must be installed, and sudo refused: run this once as root"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# `apt ARGUMENT...`: apt-get, output to the log.
apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
        -o APT::Install-Recommends=false "$@" >>"$apt_log" 2>&1 </dev/null
}

missing_of() {
    local installed package
    # Names that dpkg has never heard of make it fail: they are missing, not an error.
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null) || :
    for package in "$@"; do
        [[ $'\n'$installed$'\n' == *$'\n'"installed $package"$'\n'* ]] || echo "$package"
    done
}

install_missing() {
    local missing
    mapfile -t missing < <(missing_of "$@" | sort -u)
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing from Debian: ${missing[*]}"
    need_root
    apt update || say "The package lists could not be renewed; going on with those that are here"
    apt install "${missing[@]}" && return
    tail -n 20 "$apt_log" >&2
    fail "packages could not be installed; all of apt's output is in $apt_log"
}

# Valkey 8 where there is one to be had, from the machine's own sources or from Debian's backports; else Redis 7.
# Tests, demo and `busbar up` start a private one; no service is left running or enabled by this.
install_store_server() {
    if command -v valkey-server >/dev/null || command -v redis-server >/dev/null; then return 0; fi
    say "Installing from Debian: a store server (valkey-server, else redis-server)"
    need_root
    forbid_services
    if apt install valkey-server || install_from_backports valkey-server; then
        disable_service valkey-server
    elif apt install redis-server; then
        disable_service redis-server
    else
        tail -n 20 "$apt_log" >&2
        fail "neither valkey-server nor redis-server could be installed; all of apt's output is in $apt_log"
    fi
    allow_services
}

# The backports suite is added for this one installation only: the machine's own sources stay as they are.
install_from_backports() {
    local suite sources=build/apt-sources
    suite="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")-backports"
    rm -rf "$sources"
    mkdir -p "$sources"
    cp -r /etc/apt/sources.list.d/. "$sources" 2>>"$apt_log" || return 1
    scripts/other-suite.sh "$suite" "$sources" 2>>"$apt_log" || return 1
    apt update -o Dir::Etc::SourceParts="$PWD/$sources" || return 1
    apt install -o Dir::Etc::SourceParts="$PWD/$sources" -t "$suite" "$@"
}

policy=/usr/sbin/policy-rc.d

# Debian's packages start their service at once unless this file says no (a container often has one already).
forbid_services() {
    [ ! -e "$policy" ] || return 0
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    trap allow_services EXIT
    as_root chmod 755 "$policy"
    policy_is_ours=yes
}

allow_services() {
    [ "${policy_is_ours:-}" = yes ] || return 0
    as_root rm -f "$policy"
    policy_is_ours=
}

# Not at the next boot either: update-rc.d knows init scripts and systemd's links.
disable_service() {
    as_root update-rc.d "$1" disable >>"$apt_log" 2>&1 || say "The service $1 could not be disabled ($apt_log)"
}

# `install_node_packages FOLDER`: what its package-lock.json names, without running anything of theirs.
install_node_packages() {
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] && return
    command -v npm >/dev/null || install_missing nodejs npm
    say "Installing from npm: what $1/package-lock.json names"
    quietly npm npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund
    touch "$1/node_modules/.package-lock.json"
}
