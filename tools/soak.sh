#!/usr/bin/env bash
# Soak the real window on a display of its own: keys of the menu's table, clicks,
# drags, the wheel, files and sessions opened (broken and hostile ones among
# them), dialogs, copying, other languages, themes, pages and sizes, by chance.
#
#   tools/soak.sh FOLDER [SEED [MINUTES [PROGRAM]]]
#
# The same seed does the same things, though not at the same moments. Every ten
# seconds or so a session is opened, and has to be there within PATIENCE (60)
# seconds; what memory the window takes then goes to FOLDER/memory.txt, what was
# done to FOLDER/actions.txt. Fails where the window ends, writes of a panic or a
# race, does not answer, or its memory grows: the median of the last quarter of
# the time by more than a quarter, and 32 MB, over that of the second one.
#
# Files cannot be dropped without another program to drag them from: their paths
# are pasted, which opens them in the same way.
#
# Needs PROGRAM (./scalecam: make build), Xvfb, xdotool, xclip and ImageMagick.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=$1 seed=${2:-1} minutes=${3:-30} program=$(realpath "${4:-$root/scalecam}") patience=${PATIENCE:-60}
mkdir -p "$out"
out=$(cd "$out" && pwd)
width=1280 height=800

home=$(mktemp -d)
pictures=$home/pictures
mkdir -p "$pictures" "$home/one" "$home/empty" "$home/.cache" "$home/.config/fyne/io.scalecam.scalecam"
# Wrong types, which are to be as none, but for the size.
printf '{"width":%d,"height":%d,"recent":["a",1],"view":5,"theme":[],"folder":"%s"}' $width $height "$pictures" \
	>"$home/.config/fyne/io.scalecam.scalecam/preferences.json"
export HOME=$home XDG_CONFIG_HOME=$home/.config XDG_CACHE_HOME=$home/.cache
export LIBGL_ALWAYS_SOFTWARE=1 FYNE_SCALE=1 DISPLAY=:$((90 + RANDOM % 900))
Xvfb "$DISPLAY" -screen 0 ${width}x${height}x24 >/dev/null 2>&1 &
server=$! window=
trap 'kill $server $window 2>/dev/null; rm -rf "$home"' EXIT
RANDOM=$seed

# What there is to open.
for i in $(seq 0 11); do
	convert "$root/assets/samples/clock.jpg" -resize $((40 + 150 * i))x$((900 - 50 * i))! "$pictures/p$i.jpg"
done
convert -size 3000x1 gradient: "$pictures/q-thin.png"
convert -size 1x1 xc:red "$home/one/dot.png"
head -c 1000 "$pictures/p5.jpg" >"$pictures/q-cut.jpg"
echo text >"$pictures/q-text.png"
: >"$pictures/q-empty.png"
cp "$root"/assets/packs/scenes/{baseline,deeper}.safetensors "$home"
head -c 100000 "$home/deeper.safetensors" >"$home/cut.safetensors"
session() { # NAME PICTURES NETWORKS WINDOW
	printf '{"settings":{"pictures":[%s],"networks":[%s],"class":"","method":"CAM","scale":"own","colormap":"inferno","opacity":0.7,"grey":false,"interpolation":"smooth","command":""},"window":%s}' \
		"$2" "$3" "$4" >"$home/$1.scalecam"
}
p() { printf '"%s/%s"' "$pictures" "$1"; }
own='{"spec":"scenes:baseline"},{"spec":"scenes:compound"}'
all="$(p p1.jpg),$(p p2.jpg),$(p p3.jpg),$(p p4.jpg)"
session known-1 "$(p p1.jpg)" "$own" "{\"sources\":[$all],\"at\":0,\"enlarged\":-1}"
session known-2 "$(p p2.jpg)" "$own" "{\"sources\":[$all],\"at\":1,\"enlarged\":-1}"
session rows "$all" "$own,{\"spec\":\"random:efficientnet-b0,w=0.5\"}" '{"tab":"inside","enlarged":3,"wipe":0.5}'
session beyond "$(p p1.jpg)" "$own" "{\"sources\":[$all],\"at\":9223372036854775807,\"enlarged\":9223372036854775807,\"wipe\":1e308,\"tab\":\"scaling\",\"pages\":{\"inside\":{\"network\":9223372036854775807,\"keep\":9223372036854775807,\"point\":[1e300,-1]},\"scaling\":{\"depth\":1e300,\"resolution\":-5,\"tab\":77},\"study\":{\"count\":1}}}"
session missing "$(p none.jpg)" "$own,{\"spec\":\"none.pth\"}" 'null'
session malformed "$(p p1.jpg)" "$own" '[1]'
files=("$pictures" "$home/one" "$home/empty" "$pictures"/* "$home"/*.safetensors "$home"/*.scalecam "$home/none" /dev/null)

# What a key does is a line of the menu's table.
table=$root/ui/menu.go
runes=$(sed -n 's/.*{key: .*runes: "\([^"]*\)".*/\1/p' "$table" | tr -d '\n')
shortcuts=($(sed -n 's/.*{key: "[^"]*", shortcut: fyne.Key\([A-Za-z]*\), modifier: fyne.KeyModifierShift.*/ctrl+shift+\L\1/p; t
	s/.*{key: "[^"]*", shortcut: fyne.Key\([A-Za-z]*\),.*/ctrl+\L\1/p' "$table" | sed 's/return/Return/' | grep -v 'ctrl+q'))
[ ${#runes} -ge 10 ] && [ ${#shortcuts[@]} -ge 10 ] || { echo "soak: no keys in $table" >&2; exit 1; }

fail() {
	import -window root "$out/failed.png" || true
	echo "soak: $1, after $done actions of seed $seed; the last of them:" >&2
	tail -5 "$out/actions.txt" >&2
	grep -m1 -A40 -E '^(panic|fatal error|WARNING: DATA RACE|SIG[A-Z]+)' "$out/log.txt" >&2 || tail -5 "$out/log.txt" >&2
	exit 1
}
alive() {
	kill -0 $window 2>/dev/null || { wait $window && code=0 || code=$?; fail "the window ended ($code)"; }
	! grep -qE '^(panic|fatal error|WARNING: DATA RACE)' "$out/log.txt" || fail 'it writes of an error'
}
memory() { awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$window/status"; }
title() { xdotool getwindowname "$id" 2>/dev/null || true; }
x() { xdotool "$@" >/dev/null 2>&1 || alive; }
to() { x mousemove $((RANDOM % (width - 4))) $((30 + RANDOM % (height - 34))); } # not the menu, which could quit
one() { eval "echo \${$1[\$((RANDOM % \${#$1[@]}))]}"; }
paste() {
	printf '%s' "$1" | xclip -selection clipboard -i >/dev/null 2>&1 # it stays until another copies
	until [ "$(timeout 5 xclip -selection clipboard -o 2>/dev/null)" = "$1" ]; do sleep 0.05; done
	x key ctrl+v
}
# Escape goes to what has the keys, as a dialog's choice after Tab; a click beside it takes them.
alone() { for _ in 1 2 3; do x mousemove 3 $((height - 3)) click 1 key Escape; done; }

start() {
	: >"$out/log.txt"
	"$program" "$pictures" >>"$out/log.txt" 2>&1 &
	window=$! id=
	for _ in $(seq $((patience * 5))); do
		alive
		id=$(xdotool search --onlyvisible --name 'Scalecam$' 2>/dev/null | head -1) || true
		[ -z "$id" ] || return 0
		sleep 0.2
	done
	fail 'no window'
}

# look opens a session, so that the window is as it was when this was done before.
looks=0
look() {
	looks=$((looks + 1))
	local want=$((1 + looks % 2)) began=$SECONDS
	x windowsize "$id" $width $height
	alone
	x key ctrl+1
	paste "$home/known-$want.scalecam"
	until [[ $(title) == p$want.jpg* ]]; do
		alive
		[ $((SECONDS - began)) -lt "$patience" ] || fail "no answer for $patience s: the window shows $(title), not p$want.jpg"
		sleep 0.2
	done
	sleep 2
	alive
	echo "$SECONDS $(memory)" >>"$out/memory.txt"
}

act() {
	case $((RANDOM % 100)) in
	[0-9] | 1[0-9]) echo "type $((RANDOM % 3 + 1)) keys" # of the table
		for _ in $(seq $((RANDOM % 3 + 1))); do x type -- "${runes:RANDOM % ${#runes}:1}"; done ;;
	2[0-9]) echo turn
		for _ in $(seq $((RANDOM % 8 + 1))); do x key "$(shuf -e -n1 --random-source=<(yes $RANDOM) Left Right Prior Next Home End)"; done ;;
	3[0-4]) echo digits; x key $((RANDOM % 9 + 1)) $((RANDOM % 9 + 1)) ;;
	3[5-9]) echo focus; x key --delay 20 Tab Tab Tab; x key "$(shuf -e -n1 --random-source=<(yes $RANDOM) space Tab shift+Tab Down Up)" ;;
	4[0-4]) local s; s=$(one shortcuts); echo "$s"; alone; x key "$s"; sleep 0.3; alone ;;
	4[5-9] | 5[0-7]) local f; f=$(one files); echo "open ${f#"$home"/}"; alone; paste "$f" ;;
	5[8-9] | 6[0-6]) echo click; alone; to; x click 1 ;;
	6[7-9]) echo drag; alone; to; x mousedown 1; to; to; x mouseup 1 ;;
	7[0-2]) echo wheel; to; x click --repeat $((RANDOM % 10 + 1)) --delay 10 $((RANDOM % 2 + 4)) ;;
	7[3-4]) echo hover; for _ in 1 2 3 4 5; do to; done ;;
	7[5-8]) local page=$((RANDOM % 4 + 1)); echo "page $page"; alone; x key ctrl+$page ;;
	79 | 8[0-1]) local w=$((RANDOM % width + 1)) h=$((RANDOM % height + 1)); echo "size $w $h"
		x windowsize "$id" $w $h; sleep 0.3; x windowsize "$id" $width $height ;;
	8[2-4]) echo 'search a class'; alone; x key ctrl+f; x type --delay 10 "$(one words)"; x key Return ;;
	8[5-7]) local n=$((RANDOM % 3)); echo "language $n" # the last of the menu View
		alone; x mousemove 97 13 click 1 mousemove 700 $((height - 5)); sleep 0.2; x key --delay 50 Up Right; for _ in $(seq $n); do x key Down; done; x key Return ;;
	8[8-9]) local n=$((RANDOM % 3)); echo "theme $n" # the last but one
		alone; x mousemove 97 13 click 1 mousemove 700 $((height - 5)); sleep 0.2; x key --delay 50 Up Up Right; for _ in $(seq $n); do x key Down; done; x key Return ;;
	9[0-1]) local m; m=$(one menus); echo "menu $m"
		alone; x mousemove "$m" 13 click 1 mousemove 700 $((height - 5)); sleep 0.2; for _ in $(seq $((RANDOM % 9 + 1))); do x key Down; done; x key Return ;;
	92) echo 'copy and paste as a picture'; alone; x key ctrl+c; sleep 1
		timeout 10 xclip -selection clipboard -t image/png -o >"$home/copied.png" 2>/dev/null || true
		x key ctrl+v ;;
	9[3-4]) echo 'open by the dialog'; alone; x key ctrl+o; sleep 0.5
		x mousemove $((400 + RANDOM % 600)) $((220 + RANDOM % 300)) click --repeat 2 --delay 200 1
		x mousemove $((width * 185 / 200 - 37)) $((height * 185 / 200 - 23)) click 1; sleep 0.3; alone ;;
	9[5-6]) echo 'save a session'; alone; x key ctrl+shift+s; sleep 0.5; x key ctrl+a; x type "saved-$((RANDOM % 3))"
		x mousemove $((width * 185 / 200 - 37)) $((height * 185 / 200 - 23)) click 1; sleep 0.3
		x key Tab space; sleep 0.3; alone ;;
	9[7-8]) echo 'the export dialog'; alone; x key ctrl+s; sleep 0.3; x key --delay 20 Tab Down Tab Down Tab space; sleep 0.3; alone ;;
	99) echo 'measure, time or add'; alone; x key ctrl+$((RANDOM % 2 + 3)); x mousemove $((30 + RANDOM % 200)) $((100 + RANDOM % 600)) click 1 ;;
	esac
}
words=(clock cat 0 17 999999999999 none '' windmill '"' 'a b')
menus=(22 58 97 151 217)

: >"$out/actions.txt"
: >"$out/memory.txt"
done=0
start
look
end=$((SECONDS + 60 * minutes)) next=$((SECONDS + 10))
while [ $SECONDS -lt $end ]; do
	act >>"$out/actions.txt"
	done=$((done + 1))
	alive
	if [ $SECONDS -ge $next ]; then
		look
		next=$((SECONDS + 10))
	fi
	sleep 0.1
done
look
import -window root "$out/end.png"
x key ctrl+q
for _ in $(seq $((patience * 5))); do
	kill -0 $window 2>/dev/null || break
	sleep 0.2
done
! kill -0 $window 2>/dev/null || fail 'it does not quit'
wait $window || fail "it quits with $?"
window=

# The medians of the second and the last quarter of the looks.
read -r was is < <(awk '{m[NR] = $2} END {print part(NR / 4, NR / 2), part(NR * 3 / 4, NR)}
	function part(from, to,   i, j, n, s, t) {
		for (i = int(from) + 1; i <= to; i++) s[++n] = m[i]
		for (i = 2; i <= n; i++) for (j = i; j > 1 && s[j] < s[j - 1]; j--) {t = s[j]; s[j] = s[j - 1]; s[j - 1] = t}
		return s[int((n + 1) / 2)]
	}' "$out/memory.txt")
echo "$done actions, $looks looks; memory $was MB in the second quarter, $is MB in the last, $(sort -n -k2 "$out/memory.txt" | tail -1 | cut -d' ' -f2) MB at most when looked at"
[ "$looks" -ge 8 ] || { echo 'soak: too short to judge memory' >&2; exit 1; }
[ "$is" -le $((was + was / 4 + 32)) ] || { echo 'soak: memory grew' >&2; exit 1; }
