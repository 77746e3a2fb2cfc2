#!/usr/bin/env bash
# Hold the terminal programs of other systems to this machine's: by portable
# instructions, the same commands write the same bytes on Linux amd64, on Linux arm64
# (under qemu-aarch64) and on Windows (under wine). Prints a line for each system and
# file; the exit status is 1 where one differs. What cannot be run here is left out, and
# said so.
#
#   tools/ports.sh [DIST [FOLDER]]   archives, of make dist (default: they are built), and
#                                    where what the programs write is kept
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD work=$(mktemp -d)
trap '[ ! -e "$work/wine" ] || wineserver -k || true; rm -rf "$work"' EXIT
dist=${1:-$work/dist} out=${2:-$work/out}
mkdir -p "$out"
out=$(cd "$out" && pwd)
[ $# -gt 0 ] || CGO_ENABLED=0 go run ./tools/dist -o "$dist" headless-linux-amd64 headless-linux-arm64 headless-windows-amd64

# What each writes, in a folder of its own.
commands() { # commands PROGRAM…
	cp "$root/assets/samples/balloons.jpg" 풍선.jpg
	cat >tiny.json <<-'EOT'
		{"name": "tiny", "title": "Tiny", "scenes": {"seed": 1, "train": 48, "val": 12, "side": 96},
		 "networks": [{"name": "small", "title": "small", "architecture": "efficientnet-64", "depth": 1, "width": 1, "resolution": "64"}],
		 "recipe": {"epochs": 2, "batch": 16, "seed": 1, "optimiser": "sgd", "rate": 0.05, "momentum": 0.9, "crop": 0.8, "flip": true, "colour": 0.05}}
	EOT
	"$@" compare scene:35 scene:86 -n scenes:baseline -n scenes:deeper -o scenes.png --json --consensus
	"$@" compare 풍선.jpg -n imagenet:baseline -o photograph.png --json --method layer-cam --layer stage5
	"$@" compare scene:35 -n scenes:baseline -o page.html
	"$@" classify --json scene:35 scene:36 풍선.jpg -n scenes:compound >classify.json
	"$@" cam sample:cat.jpg -n imagenet:baseline@96 -o cam
	"$@" erase scene:86 --telling-part -n scenes:baseline -o erased.png
	"$@" evaluate --count 6 -n scenes:baseline --json >evaluate.json
	"$@" train --pack tiny.json -o run
	sed -i 's/,"seconds.*//' run/*.jsonl # how long it took
	rm run/*.checkpoint 풍선.jpg tiny.json # a checkpoint has that, too
	rm -f run/.scalecam-lock # which Windows keeps: no open file is removed there
}

export WINEDEBUG=-all WINEPREFIX=$work/wine WINEDLLOVERRIDES=mscoree,mshtml=
# Go's programs take chance from bcryptprimitives.dll, which wine has from version 9 on:
# the same from the function that older ones have.
prepare_wine() {
	wine wineboot --init >/dev/null 2>&1
	[ -e "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ] && return
	cat >"$work/chance.c" <<-'EOT'
		#include <windows.h>
		BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
		__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T n) { return SystemFunction036(data, n); }
	EOT
	x86_64-w64-mingw32-gcc -shared -O2 -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" "$work/chance.c" -ladvapi32
}
status=0
while read -r system runner; do
	if [ -n "$runner" ] && ! command -v "$runner" >/dev/null; then
		echo "$system: left out, there is no $runner here"
		continue
	fi
	mkdir -p "$work/$system" "$out/$system"
	case $system in
	windows-*) unzip -q "$dist"/scalecam-headless-*-$system.zip -d "$work/$system" ;;
	*) tar -xzf "$dist"/scalecam-headless-*-$system.tar.gz -C "$work/$system" ;;
	esac
	[ "$runner" != wine ] || prepare_wine
	program=$(find "$work/$system" -path '*/bin/scalecam' -o -name scalecam.exe)
	begun=$SECONDS
	set +e # and not by ||, after which the first error would not end the commands
	(
		set -e
		cd "$out/$system"
		commands ${runner:+"$runner"} "$program" --instructions portable
	) </dev/null >"$out/$system.log" 2>&1
	failed=$?
	set -e
	if [ $failed -ne 0 ]; then
		echo "$system: failed after $((SECONDS - begun)) s:" && tail -n 5 "$out/$system.log"
		[ "$system" != linux-amd64 ] || exit 1
		status=1
	fi
	echo "$system: $((SECONDS - begun)) s"
	[ "$system" = linux-amd64 ] && continue
	while read -r file; do
		same='same bytes'
		cmp -s "$out/linux-amd64/$file" "$out/$system/$file" || same=DIFFERENT status=1
		printf '  %-40s %s\n' "$file" "$same"
	done < <(cd "$out" && for s in linux-amd64 "$system"; do (cd "$s" && find . -type f); done | sort -u)
done <<'EOT'
linux-amd64
linux-arm64 qemu-aarch64
windows-amd64 wine
EOT
exit $status
