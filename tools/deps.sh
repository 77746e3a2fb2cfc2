#!/bin/sh
# Install the C compiler and the headers that building the window needs, where
# they are missing and this user may install them; `deps.sh windows`: those for
# building Windows' window elsewhere. Exit status 0 says that they are there, 1 that
# they are not, after saying what to install by hand.
set -u
for=${1:-window}

# What Fyne's OpenGL driver links, by pkg-config's names.
libraries='gl x11 xcursor xrandr xinerama xi xxf86vm xkbcommon
	wayland-client wayland-cursor wayland-egl'

have() { command -v "$1" >/dev/null 2>&1; }

present() {
	compiler=${CC:-gcc}
	case $for-$(uname) in
	windows-*) have x86_64-w64-mingw32-gcc ;;
	*-Darwin) xcode-select -p >/dev/null 2>&1 ;; # macOS has a cc that only asks for the tools
	*-Linux) have "${compiler%% *}" && have pkg-config && pkg-config --exists $libraries ;;
	*) have "${compiler%% *}" ;;
	esac
}

present && exit 0

case $for-$(uname) in
*-Linux) ;;
windows-*)
	echo "Windows' window needs mingw-w64 here (on a Mac: brew install mingw-w64)" >&2
	exit 1
	;;
*-Darwin)
	echo 'The window needs the Xcode command line tools: xcode-select --install' >&2
	exit 1
	;;
*)
	echo 'The window needs gcc, on Windows that of MSYS2; see https://docs.fyne.io/started/' >&2
	exit 1
	;;
esac

if have apt-get; then
	windows=gcc-mingw-w64-x86-64
	install='apt-get install -y --no-install-recommends gcc libc6-dev pkg-config
		libgl1-mesa-dev xorg-dev libxkbcommon-dev libwayland-dev'
elif have dnf; then
	windows=mingw64-gcc
	install='dnf install -y gcc pkgconf-pkg-config mesa-libGL-devel libX11-devel
		libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel
		libXxf86vm-devel libxkbcommon-devel wayland-devel'
elif have pacman; then
	windows=mingw-w64-gcc
	install='pacman -S --needed --noconfirm gcc pkgconf libglvnd libx11 libxcursor
		libxrandr libxinerama libxi libxxf86vm libxkbcommon wayland'
elif have zypper; then
	windows=mingw64-cross-gcc
	install='zypper --non-interactive install gcc pkg-config Mesa-libGL-devel
		libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel
		libXi-devel libXxf86vm-devel libxkbcommon-devel wayland-devel'
else
	echo 'The window needs gcc, pkg-config and the headers of:' $libraries >&2
	exit 1
fi
case $for in
windows) install="${install%%gcc*}$windows" ;; # in place of what the window here needs
esac

# -n: a password asked for in the middle of make would look like a hang.
if [ "$(id -u)" = 0 ]; then
	root='env DEBIAN_FRONTEND=noninteractive'
elif sudo -n true 2>/dev/null; then
	root='sudo -n'
else
	echo 'The window cannot be built yet. As root, run:' $install >&2
	exit 1
fi

echo 'Installing what the window needs:' $install
if have apt-get; then
	$root apt-get update # a fresh machine or container has no package lists
fi
$root $install && present && exit 0
echo 'That did not install all that the window needs; see the messages above.' >&2
exit 1
