#!/usr/bin/env bash
# Measure the real window on a display of its own: how long after its start the
# first picture is there, and, while an arrow key is held down through 200
# pictures, how often another one shows and what memory the window takes.
#
#   tools/walk.sh FOLDER [WIDTHxHEIGHT]
#
# Screenshots from the walk go to the folder: the number in each picture has to
# be that of the file beneath it. Fails where memory grows or the walk ends at
# another picture than its last. Needs ./scalecam (make build), Xvfb, xdotool and
# ImageMagick.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=$1 size=${2:-1280x800}
mkdir -p "$out"
out=$(cd "$out" && pwd)
count=200 last=p199

home=$(mktemp -d)
mkdir -p "$home/pictures" "$home/.cache" "$home/.config/fyne/io.scalecam.scalecam"
printf '{"width":%d,"height":%d}' "${size%x*}" "${size#*x}" >"$home/.config/fyne/io.scalecam.scalecam/preferences.json"
export HOME=$home XDG_CONFIG_HOME=$home/.config XDG_CACHE_HOME=$home/.cache
export LIBGL_ALWAYS_SOFTWARE=1 FYNE_SCALE=1 DISPLAY=:$((90 + RANDOM % 900))
Xvfb "$DISPLAY" -screen 0 "${size}x24" >/dev/null 2>&1 &
server=$! window=
trap 'kill $server $window 2>/dev/null; rm -rf "$home"' EXIT

for i in $(seq 0 $((count - 1))); do
	printf 'p%03d\n' "$i"
done | xargs -P "$(nproc)" -I{} convert "$root/assets/samples/clock.jpg" -resize 1600x1200 \
	-pointsize 200 -fill white -stroke black -gravity center -annotate 0 {} "$home/pictures/{}.jpg"

now() { echo $(($(date +%s%N) / 1000000)); }
pixel() { import -window root -crop 1x1+370+200 txt:- 2>/dev/null | tail -1 | grep -o '#[0-9A-F]\{6\}'; }
memory() { awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$window/status"; }
title() { xdotool search --onlyvisible --name 'Scalecam$' getwindowname 2>/dev/null | head -1; }

# The window's ground comes first, and where a picture will be it changes once more.
for start in 1 2 3; do
	began=$(now)
	"$root/scalecam" "$home/pictures" >>"$out/log.txt" 2>&1 &
	window=$!
	colours=0 before=$(pixel)
	while [ $colours -lt 2 ]; do
		colour=$(pixel)
		[ "$colour" = "$before" ] || colours=$((colours + 1))
		before=$colour
	done
	echo "start $start: the first picture after $(($(now) - began)) ms"
	[ $start = 3 ] || { kill $window; wait $window || true; }
done
sleep 4

began=$(now) shown=0 seen='' tenth=0
xdotool keydown Right
while :; do
	name=$(title)
	if [ "$name" != "$seen" ]; then
		seen=$name shown=$((shown + 1))
		[ $shown = 10 ] && tenth=$(memory)
		[ $((shown % 25)) = 0 ] && import -window root "$out/walk-$shown.png"
	fi
	case $name in p19[0-9]*) break ;; esac
	[ $(($(now) - began)) -lt 120000 ] || { echo "walk: $name after two minutes" >&2; exit 1; }
done
xdotool keyup Right
echo "$count pictures in $(($(now) - began)) ms, $shown of them shown"
sleep 3
xdotool key End
sleep 3
import -window root "$out/walk-end.png"
echo "memory: $tenth MB after the tenth, $(memory) MB at the end"
case $(title) in $last*) ;; *) echo "walk: ended at $(title), not $last" >&2; exit 1 ;; esac
[ "$(memory)" -le $((tenth + tenth / 5)) ] || { echo 'walk: memory grew by more than a fifth' >&2; exit 1; }
