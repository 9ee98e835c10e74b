#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# install.sh FOLDER SHIPPED: puts the files of etc/ into FOLDER, and a copy of each as it was shipped into SHIPPED. By the copies of the
# release before, a file that was edited is told from one that only this release changes: that one is replaced; an edited one that this
# release changes too is kept, and ours goes beside it as FILE.new. A file that this release no longer has stays.
set -eu
target=$1 shipped=$2 source=$(dirname "$0")
if [ -d "$target/laws" ] && [ ! -d "$shipped" ]; then
    echo "There is no copy of what the release before shipped ($shipped): which files of $target were edited cannot be told, so all that differ are kept."
fi
(cd "$source" && find . -name '*.conf' -o -name '*.txt') | sed 's,^\./,,' | sort | while read -r file; do
    [ "$file" != dsrd.conf ] || continue # `dsrd setup` writes it; the commented one goes beside it
    install -d "$target/$(dirname "$file")" "$shipped/$(dirname "$file")"
    if [ ! -e "$target/$file" ] || cmp -s "$shipped/$file" "$target/$file"; then
        install -m 644 "$source/$file" "$target/$file"
    elif ! cmp -s "$source/$file" "$target/$file" && ! cmp -s "$source/$file" "$shipped/$file"; then
        install -m 644 "$source/$file" "$target/$file.new"
        echo "kept $target/$file; the new one is $file.new"
    fi
    install -m 644 "$source/$file" "$shipped/$file" # the last step: broken off before it, the next call does the same again
done
install -m 644 "$source/dsrd.conf" "$target/dsrd.conf.example"
