#!/usr/bin/env bash
# Build the packages of the last commit twice, each in a clone of its own, in folders of
# other names, with caches of its own, another time zone, language and umask, and
# compare. The exit status is 0 where they are the same bytes. Takes twice as long as the
# first make dist.
#
#   tools/reproducible.sh [NAME…]   targets, as tools/dist takes them (default: all)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
commit=$(git -C "$root" rev-parse HEAD) # of both, whatever is committed meanwhile
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

build() { # build FOLDER TZ LANG UMASK [NAME…]
	folder=$work/$1
	mkdir -p "$folder" "$work/tmp-$1"
	git clone -q "$root" "$folder/source"
	(
		cd "$folder/source"
		git checkout -q --detach "$commit"
		export TZ=$2 LC_ALL=$3 GOCACHE=$folder/cache TMPDIR=$work/tmp-$1
		umask "$4"
		shift 4
		CGO_ENABLED=0 go run ./tools/dist -o "$folder/dist" "$@"
	)
	rm -rf "$folder/cache"
}

build one UTC C 022 "$@"
build another-folder-with-a-longer-name Asia/Seoul C.UTF-8 077 "$@"
cat "$work/one/dist/SHA256SUMS"
diff "$work/one/dist/SHA256SUMS" "$work/another-folder-with-a-longer-name/dist/SHA256SUMS" >&2 || exit 1
echo 'Both builds have the same bytes.'
