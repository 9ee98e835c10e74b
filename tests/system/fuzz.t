#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A short run of each libFuzzer target, with its seeds; `make soak` runs them for long.
cd "$(dirname "$0")/../.." || exit 1
export LSAN_OPTIONS=suppressions=$PWD/tests/fuzz/leaks.supp:print_suppressions=0
seconds=${FUZZ_SECONDS:-3}
build=${BUILD:-build}
build=${build%/sanitize}/fuzzing
number=0
failed=0
for program in "$build"/fuzz/*; do
    [ -x "$program" ] && [ -f "$program" ] || continue
    name=$(basename "$program")
    corpus=$(mktemp -d /tmp/dsrd-corpus-XXXXXX)
    case $name in
    config) cp etc/dsrd.conf "$corpus/" ;;
    law) cp etc/laws/eu-gdpr.conf etc/laws/us-ca-stl.conf "$corpus/" ;;
    calendar) cp etc/calendars/us-mt.conf etc/calendars/nz.conf etc/calendars/sg.conf "$corpus/" ;;
    events) printf '\\0\\0\\1\\0\\1\\0\\5\\2\\0\\40' >"$corpus/a" ;;
    json) echo '{"vendor":"a","remind":["x"],"anyway":true,"days":3}' >"$corpus/a" ;;
    date) echo -n 2026-11-23 >"$corpus/a"; echo -n '3 days ago' >"$corpus/b"; echo -n R-7K3F-92QM >"$corpus/c" ;;
    template) cp etc/letters/en/complaint.txt etc/letters/en/identity.txt "$corpus/" ;;
    reply) cp tests/vectors/replies/*.eml "$corpus/" ;;
    address) echo -n name@bücher.example >"$corpus/a" ;;
    esac
    number=$((number + 1))
    if out=$("$program" -max_total_time="$seconds" -max_len=65536 -artifact_prefix="$corpus/" "$corpus" 2>&1); then
        echo "ok $number - $name: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 runs/p' <<<"$out")"
    else
        failed=1
        tail -n 15 <<<"$out" | sed 's/^/# /'
        echo "not ok $number - $name"
    fi
    rm -rf "$corpus" /tmp/dsrd-fuzz-*
done
[ "$number" -gt 0 ] || { echo "not ok 1 - no target is built"; number=1; }
echo "1..$number"
exit $failed
