#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the pgTAP files beside it, each in a transaction that is rolled back, against a cluster of its own; what several use is in shared/.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d /tmp/dsrd-sql-XXXXXX)
chmod 755 "$folder"
trap '"$here/../harness/cluster.sh" stop "$folder" || true; rm -rf "$folder"' EXIT
"$here/../harness/cluster.sh" start "$folder" 2>/dev/null
sql() { psql -X -q -t -A -h "$folder" -U dsrd_admin -d dsrd -v ON_ERROR_STOP=1 "$@"; }
sql -c 'create extension pgtap' -c "select dsr.library_put(1, 'One', 'Europe/Amsterdam', 7)" -c "select dsr.library_put(2, 'Two', 'Etc/UTC', 7)" >/dev/null
# One stream of results for all: each file's own numbers and plan are replaced.
set -o pipefail
for file in "$here"/*.sql; do
    echo "# $(basename "$file")"
    sql -f "$here/shared/plan_of.sql" -f "$file"
done | awk '/^1\.\./ { planned += substr($0, 4); next } /^(not )?ok / { sub(/ok [0-9]+/, "ok " ++n) } { print } END { print "1.." planned }'
