#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages that are missing: `packages.sh build` for make and make try, `test` for make check too, `all` for make
# lint, bench and soak as well. Never lets a system PostgreSQL cluster or any other service start.
set -eu
build="pkg-config libuv1-dev libpq-dev libcurl4-openssl-dev libconfig-dev libmicrohttpd-dev libjansson-dev libsodium-dev
libsmartcols-dev libcsv-dev libidn2-dev libc6-dev postgresql-15 tzdata"
test="$build libcmocka-dev perl python3 python3-aiosmtpd curl procps clang libclang-rt-14-dev postfix libsasl2-modules sasl2-bin openssl
mandoc postgresql-15-pgtap faketime python3-holidays"
all="$test cppcheck shellcheck clang-format"
case "${1:-}" in
build) wanted=$build ;;
test) wanted=$test ;;
all) wanted=$all ;;
*) echo "usage: packages.sh build|test|all" >&2; exit 2 ;;
esac
missing=""
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "These packages are missing, and there is no apt-get to install them:$missing" >&2
    exit 1
fi
sudo=""
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing, and there is no sudo to install them with; as root: apt-get install$missing" >&2
        exit 1
    fi
    sudo=sudo
fi
echo "Installing:$missing"
if ! command -v pg_lsclusters >/dev/null; then # PostgreSQL is not there yet: keep it from making a cluster
    $sudo mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" | $sudo tee /etc/postgresql-common/createcluster.d/dsrd.conf >/dev/null
fi
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing >/dev/null
