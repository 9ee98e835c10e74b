#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages that are missing: `packages.sh build` for make and make try, `test` for make check too, `all` for make
# lint, bench and soak as well. Never lets a system PostgreSQL cluster or any other service start.
set -eu
build="pkg-config libuv1-dev libpq-dev libcurl4-openssl-dev libconfig-dev libmicrohttpd-dev libjansson-dev libsodium-dev
libsmartcols-dev libcsv-dev libidn2-dev libgmime-3.0-dev libseccomp-dev libc6-dev postgresql-15 tzdata"
test="$build dovecot-imapd libcmocka-dev perl python3 python3-aiosmtpd curl procps clang libclang-rt-14-dev postfix libsasl2-modules sasl2-bin openssl
mandoc postgresql-15-pgtap python3-holidays nginx uidmap groff poppler-utils strace systemd binutils"
all="$test valgrind cppcheck shellcheck clang-format clang-tidy clang-tools gcovr"
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
# Debian lets one mail server be installed at a time: never take away one that is in use. postfix.t skips itself then.
other_mailer=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' 2>/dev/null | sed -n '/^installed postfix,/d; s/^installed \([^,]*\),.*mail-transport-agent.*/\1/p' | head -n 1)
case " $missing " in
*" postfix "*) if [ -n "$other_mailer" ]; then
    echo "postfix is left out, since $other_mailer is installed: the tests with postfix are skipped."
    missing=$(echo " $missing " | sed 's/ postfix / /')
fi ;;
esac
missing=$(echo $missing) # without the spaces around it
[ -n "$missing" ] || exit 0
give_up() {
    echo "$1 As root: apt-get update && apt-get install $missing" >&2
    exit 1
}
command -v apt-get >/dev/null || { echo "These packages are missing, and there is no apt-get to install them: $missing" >&2; exit 1; }
sudo=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || give_up "Some packages are missing, and there is no sudo to install them with."
    sudo=sudo
    echo "Packages are installed with sudo."
    sudo true 2>/dev/null || sudo true || give_up "Some packages are missing, and sudo did not let $(id -un) install them."
fi
echo "Installing: $missing"

# What is installed here must not change what runs on this machine: while apt works no service starts and PostgreSQL makes no cluster.
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
no_cluster=/etc/postgresql-common/createcluster.d/dsrd.conf
made=$log
put_back() {
    # shellcheck disable=SC2086
    $sudo rm -f $made
}
trap put_back EXIT
trap 'exit 130' INT TERM
if [ ! -e $policy ]; then
    made="$made $policy"
    printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
    $sudo chmod 755 $policy
fi
if ! command -v pg_lsclusters >/dev/null; then
    made="$made $no_cluster"
    $sudo mkdir -p "$(dirname $no_cluster)"
    echo "create_main_cluster = false" | $sudo tee $no_cluster >/dev/null
fi
apt() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null; }
# shellcheck disable=SC2086
if ! apt update || ! apt install -y --no-install-recommends $missing; then
    grep -E '^(E|W|dpkg: error)' "$log" | head -n 1 >&2 || tail -n 3 "$log" >&2
    give_up "Debian's packages could not be installed; is this machine on the network?"
fi
# Nor do they start at the next boot.
if command -v systemctl >/dev/null; then
    case " $missing " in *" postfix "*) $sudo systemctl --quiet disable postfix.service 2>/dev/null || : ;; esac
    case " $missing " in *" sasl2-bin "*) $sudo systemctl --quiet disable saslauthd.service 2>/dev/null || : ;; esac
    case " $missing " in *" nginx "*) $sudo systemctl --quiet disable nginx.service 2>/dev/null || : ;; esac
fi
