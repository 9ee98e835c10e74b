#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A short run of each libFuzzer target, with its seeds (FUZZ_SECONDS); `make soak` runs each for a number of executions instead
# (FUZZ_RUNS), as many at once as FUZZ_JOBS says. FUZZ_TARGETS takes only these.
cd "$(dirname "$0")/../.." || exit 1
export LSAN_OPTIONS=suppressions=$PWD/tests/fuzz/leaks.supp:print_suppressions=0
seconds=${FUZZ_SECONDS:-2}
runs=${FUZZ_RUNS:-}
jobs=${FUZZ_JOBS:-1}
limits="-max_total_time=$seconds"
# libconfig gives back less than it took where a file is wrong (leaks.supp): each such run would be looked through for leaks, which is most of
# the time. The short runs do, the long ones do not.
[ -z "$runs" ] || limits="-runs=$((runs / jobs + 1)) -detect_leaks=0"
export ASAN_OPTIONS=malloc_context_size=3:quarantine_size_mb=16
build=${BUILD:-build}
build=${build%/sanitize}/fuzzing
number=0
failed=0
for program in "$build"/fuzz/*; do
    [ -x "$program" ] && [ -f "$program" ] || continue
    name=$(basename "$program")
    case " ${FUZZ_TARGETS:-$name} " in *" $name "*) ;; *) continue ;; esac
    corpus=$(mktemp -d /tmp/dsrd-corpus-XXXXXX)
    case $name in
    config) sed 's/^ *#\([a-z_]* = \)/\1/; /^ *#/d' etc/dsrd.conf >"$corpus/a" ;;
    law) cp tests/vectors/small/laws/[aoq]*.conf etc/laws/us-ca-stl.conf "$corpus/" ;;
    calendar) cp tests/vectors/small/calendars/[hsw]*.conf "$corpus/" ;;
    events) printf '\\0\\0\\1\\0\\1\\0\\5\\2\\0\\40' >"$corpus/a" ;;
    json) echo '{"vendor":"a","remind":["x"],"anyway":true,"days":3}' >"$corpus/a" ;;
    date) echo -n 2026-11-23 >"$corpus/a"; echo -n '3 days ago' >"$corpus/b"; echo -n R-7K3F-92QM >"$corpus/c" ;;
    template) cp etc/letters/en/complaint.txt etc/letters/en/identity.txt "$corpus/" ;;
    reply) cp tests/vectors/replies/*.eml "$corpus/" ;;
    address) echo -n name@bücher.example >"$corpus/a" ;;
    esac
    [ ! -d "tests/fuzz/corpus/$name" ] || cp "tests/fuzz/corpus/$name/"* "$corpus/"
    number=$((number + 1))
    begin=$(date +%s)
    good=1
    workers=()
    for ((job = 0; job < jobs; job++)); do
        # Each with a corpus of its own to grow, from the same seeds; what it finds lies beside.
        mkdir "$corpus.$job" && cp "$corpus/"* "$corpus.$job/"
        # shellcheck disable=SC2086
        "$program" $limits -max_len="${FUZZ_LENGTH:-4096}" -artifact_prefix="$corpus.$job/" "$corpus.$job" >"$corpus.$job.log" 2>&1 &
        workers+=($!)
    done
    for worker in "${workers[@]}"; do wait "$worker" || good=0; done
    total=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$corpus".*.log | awk "{ sum += \$1 } END { print sum }")
    if [ "$good" = 1 ]; then
        echo "# figure fuzz $name executions: ${total:-0}"
        echo "ok $number - $name: ${total:-0} runs in $(($(date +%s) - begin)) s"
    else
        failed=1
        for log in "$corpus".*.log; do tail -n 15 "$log" | sed 's/^/# /'; done
        echo "not ok $number - $name"
    fi
    rm -rf "$corpus" "$corpus".*
done
[ "$number" -gt 0 ] || { echo "not ok 1 - no target is built"; number=1; }
echo "1..$number"
exit $failed
