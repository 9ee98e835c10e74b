#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A private PostgreSQL cluster for tests: `cluster.sh start FOLDER` makes it, with our schema in the database dsrd, reachable
# through a socket in FOLDER as dsrd_admin (`bare FOLDER`: without our schema); `cluster.sh stop FOLDER` ends it.
set -eu
folder=$2
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi; }
sql() { psql -X -q -h "$folder" -U dsrd_admin -d dsrd -v ON_ERROR_STOP=1 "$@"; }
case $1 in
start | bare)
    mkdir -p "$folder"
    [ "$(id -u)" != 0 ] || chown nobody "$folder"
    (cd / && as "$bin/initdb" -D "$folder/pg" -U dsrd_admin -A trust --no-sync >/dev/null
     printf "listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\n" "$folder" | as tee -a "$folder/pg/postgresql.conf" >/dev/null
     as "$bin/pg_ctl" -D "$folder/pg" -w -l "$folder/log" start >/dev/null)
    createdb -h "$folder" -U dsrd_admin dsrd
    [ "$1" = start ] || exit 0
    root=$(cd "$(dirname "$0")/../.." && pwd)
    sql -f "$root/sql/roles.sql"
    for file in "$root"/sql/schema/*.sql; do sql -1 -f "$file"; done
    (echo "SET check_function_bodies = off;"; cat "$root"/sql/functions/*.sql) | sql -1
    ;;
stop) (cd / && as "$bin/pg_ctl" -D "$folder/pg" -m immediate stop >/dev/null) ;;
esac
