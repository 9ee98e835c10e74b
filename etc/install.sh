#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# install.sh FOLDER: puts the files of etc/ there. A file that differs there was edited and is kept; ours goes beside it as FILE.new.
set -eu
target=$1
cd "$(dirname "$0")"
find . -name '*.conf' -o -name '*.txt' | sort | while read -r file; do
    install -d "$target/$(dirname "$file")"
    [ "$file" != ./dsrd.conf ] || continue # `dsrd setup` writes it; the commented one goes beside it
    if [ -e "$target/$file" ] && ! cmp -s "$file" "$target/$file"; then
        install -m 644 "$file" "$target/$file.new"
        echo "kept $target/$file; the new one is $file.new"
    else
        install -m 644 "$file" "$target/$file"
    fi
done
install -m 644 dsrd.conf "$target/dsrd.conf.example"
