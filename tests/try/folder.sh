# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by start and stop: where the trial lives, and as whom it runs.
# PostgreSQL refuses root, so root's trial runs as nobody, in a folder that nobody can reach.
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-build}
case $build in /*) ;; *) build=$root/$build ;; esac
longest_folder=80 # a socket's path may have 107 bytes

as_runner() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi; }

choose_folder() {
    folder=$build/try
    mkdir -p "$folder"
    if [ ${#folder} -gt $longest_folder ] || ! as_runner test -x "$folder"; then
        folder=/var/tmp/dsrd-try-$(id -u)
        mkdir -p "$folder"
        if [ -L "$folder" ] || [ "$(stat -c %u "$folder")" != "$(id -u)" ]; then
            echo "$folder belongs to somebody else; remove it first." >&2
            exit 1
        fi
    fi
    chmod 755 "$folder"
}

stop_trial() {
    [ -e "$folder/pid" ] || return 0
    pid=$(cat "$folder/pid")
    if [ -d "/proc/$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "$folder/data"; then
        kill "$pid"
        tail --pid="$pid" -f /dev/null
    fi
    rm -f "$folder/pid"
}
