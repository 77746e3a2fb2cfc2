#!/usr/bin/env bash
# Drive the real window on a display of its own: open a photograph, change
# class, colours and opacity, enlarge a cell, look at every page, export, save a
# session and reopen it. Screenshots go to a folder, to be looked at; what can be
# checked is: the files are there, and the terminal draws the session's figure to
# the same bytes.
#
#   tools/drive.sh FOLDER [WIDTHxHEIGHT [PHOTO [scalecam's options, as --network FILE…]]]
#
# Needs ./scalecam (make build), Xvfb, xdotool and ImageMagick's import.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=$1 size=${2:-1280x800} photo=${3:-$root/assets/samples/balloons.jpg}
shift $(($# < 3 ? $# : 3))
width=${size%x*} height=${size#*x}
mkdir -p "$out"
out=$(cd "$out" && pwd)

home=$(mktemp -d)
mkdir "$home/Pictures" "$home/.config" "$home/.cache"
cp "$photo" "$home/Pictures/photo.${photo##*.}"
# The window's size is a preference of Fyne's: no window manager is here to set it.
mkdir -p "$home/.config/fyne/io.scalecam.scalecam"
printf '{"width":%d,"height":%d}' "$width" "$height" >"$home/.config/fyne/io.scalecam.scalecam/preferences.json"
export HOME=$home XDG_CONFIG_HOME=$home/.config XDG_CACHE_HOME=$home/.cache
export LIBGL_ALWAYS_SOFTWARE=1 FYNE_SCALE=1 DISPLAY=:$((90 + RANDOM % 900))
Xvfb "$DISPLAY" -screen 0 "${size}x24" >/dev/null 2>&1 &
server=$!
trap 'kill $server $window 2>/dev/null; rm -rf "$home"' EXIT
window=

start() {
	"$root/scalecam" "$@" >>"$out/log.txt" 2>&1 &
	window=$!
	for _ in $(seq 100); do
		xdotool search --name Scalecam >/dev/null 2>&1 && break
		sleep 0.1
	done
	sleep 4
}
shot() { import -window root "$out/$1.png"; }
keys() { xdotool key --delay 120 "$@"; sleep 1.5; }
click() { xdotool mousemove "$1" "$2" sleep 0.4 click 1; sleep 1.5; }
# in Fyne's file dialog, which has 85% of the window
# (whose first click on a file may only wake it)
item() { for y in 120 133; do click $((width * 15 / 200 + 291)) $((height * 15 / 200 + y)); done; }
confirm() { click $((width * 185 / 200 - 37)) $((height * 185 / 200 - 23)); }
name() { xdotool key ctrl+a && xdotool type "$1" && sleep 0.5 && confirm; }

cd "$home/Pictures"
start "$@"
shot 01-start
keys ctrl+o
item
shot 02-open
confirm
shot 03-photo
keys ctrl+f
xdotool type --delay 60 "${CLASS:-clock}"
sleep 1
shot 04-search
keys Return
shot 05-class
keys minus minus c c l
shot 06-view
keys 2
xdotool mousemove $((width * 45 / 100)) $((height / 2))
sleep 1
shot 07-enlarged
keys Escape
keys ctrl+2
click $((width * 15 / 100)) $((height * 30 / 100))
shot 08-inside
keys ctrl+3
shot 09-scaling
keys ctrl+4
shot 10-study
keys ctrl+1
keys ctrl+s
shot 11-export
click $((width / 2 + 68)) $((height / 2 + 160))
name figure.png
shot 12-saved
keys ctrl+shift+s
name view.scalecam
keys ctrl+q
wait $window || true
start view.scalecam
shot 13-reopened
keys h
shot 14-lesson
keys Escape question
shot 15-keys
keys Escape ctrl+q
wait $window || true

for f in figure.png view.scalecam; do
	[ -s "$home/Pictures/$f" ] || { echo "drive: $f was not written; see the pictures in $out" >&2; exit 1; }
done
"$root/scalecam" compare --from view.scalecam -o again.png >/dev/null
cmp figure.png again.png
cp figure.png view.scalecam "$out"
echo "The terminal draws the session's figure to the same bytes. Look at the pictures in $out."
