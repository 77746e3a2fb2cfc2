#!/usr/bin/env bash
# Measure the real window on a display of its own: whether 1.5 s after its start the
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
memory() { awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$window/status"; }
title() { xdotool search --onlyvisible --name 'Scalecam$' getwindowname 2>/dev/null | head -1; }

# One look, no more: looking takes the time that the window needs.
there=0
for start in 1 2 3 4 5; do
	"$root/scalecam" "$home/pictures" >>"$out/log.txt" 2>&1 &
	window=$!
	sleep 1.5
	import -window root "$out/start-$start.png"
	# the ground of the picture's place, or of the window, has one colour
	[ "$(convert "$out/start-$start.png" -crop 100x100+320+160 -format %k info:)" -lt 100 ] || there=$((there + 1))
	[ $start = 5 ] || { kill $window; wait $window || true; }
done
echo "the first picture is there 1.5 s after $there of 5 starts"
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
