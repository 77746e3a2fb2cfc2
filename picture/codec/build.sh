#!/bin/sh
# Builds the decoders as WebAssembly that asks the system for nothing: hevc.wasm.gz
# (libde265), av1.wasm.gz (dav1d), jpeg.wasm.gz (libjpeg-turbo) and tiff.wasm.gz
# (libtiff). The sources are Debian 12's and 13's, with their corrections; the
# compiler is Debian 12's. Their licences are in licences/.
# Needs: clang lld wasi-libc libc++-14-dev-wasm32 libc++abi-14-dev-wasm32
# libclang-rt-14-dev-wasm32 dpkg-dev. Usage: build.sh [FOLDER for the sources]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$(mktemp -d)}
de265=1.0.15-1+deb13u2
dav1d=1.5.1-1
jpeg=2.1.5 zlib=1.2.13.dfsg zstd=1.5.7+dfsg tiff=4.7.0 xz=5.4.1 webp=1.5.0

mkdir -p "$work"
cd "$work"
fetch() { # fetch SUITE PACKAGE FOLDER: the source of a package, where it is not there
	[ -d "$3" ] && return
	mkdir -p "lists-$1/partial"
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $1 main" >"$1.list"
	apt="apt-get -q -o Dir::Etc::sourcelist=$work/$1.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$work/lists-$1"
	$apt update
	$apt source "$2"
}
fetch trixie "libde265=$de265" "libde265-${de265%-*}"
fetch trixie "dav1d=$dav1d" "dav1d-${dav1d%-*}"
fetch trixie libzstd "libzstd-$zstd"
fetch trixie tiff "tiff-$tiff"
fetch bookworm libjpeg-turbo "libjpeg-turbo-$jpeg"
fetch bookworm zlib "zlib-$zlib"
fetch bookworm xz-utils "xz-utils-$xz"
fetch trixie libwebp "libwebp-$webp"

flags="--target=wasm32-wasi -O2 -DNDEBUG -w -I$here/single"
objects() { # objects FOLDER COMPILER FLAGS -- SOURCES: compiles them into FOLDER
	out=$1 cc=$2
	shift 2
	more=
	while [ "$1" != -- ]; do
		more="$more $1"
		shift
	done
	shift
	mkdir -p "$out"
	for f; do
		echo "$f" "$out/$(basename "$f").o"
	done | xargs -n 2 -P 2 sh -c "$cc $flags $more -c \"\$0\" -o \"\$1\""
}
link() { # link NAME COMPILER OBJECTS
	name=$1 cc=$2
	shift 2
	$cc --target=wasm32-wasi -O2 -mexec-model=reactor -Wl,--export=malloc -Wl,--strip-all -Wl,-z,stack-size=1048576 -o "$work/$name.wasm" "$@"
	gzip -n -9 -c "$work/$name.wasm" >"$here/$name.wasm.gz"
}

cd "$work/libde265-${de265%-*}"
rm -rf "$work/hevc"
printf '#pragma once\n#define LIBDE265_NUMERIC_VERSION 0x01000f00\n#define LIBDE265_VERSION "1.0.15"\n' >libde265/de265-version.h
objects "$work/hevc" clang++ "-std=c++17 -fno-exceptions -I. -Ilibde265 -DHAVE_STDINT_H -DHAVE_POSIX_MEMALIGN -D_WASI_EMULATED_SIGNAL" -- \
	$(ls libde265/*.cc | grep -vE '/(en265|image-io|configparam|visualize|quality)\.cc$') "$here/source/hevc.cc"
link hevc clang++ "$work"/hevc/*.o

cd "$work/dav1d-${dav1d%-*}"
rm -rf "$work/av1" "$work/av1-8" "$work/av1-16"
echo '#define DAV1D_VERSION "1.5.1"' >include/vcs_version.h
include="-std=c99 -D_GNU_SOURCE -I$here/source -I$here/config/dav1d -I. -Iinclude -Iinclude/dav1d -Isrc"
objects "$work/av1" clang "$include" -- $(ls src/*.c | grep -v _tmpl.c) "$here/source/av1.c"
for bits in 8 16; do
	objects "$work/av1-$bits" clang "$include -DBITDEPTH=$bits" -- src/*_tmpl.c
done
link av1 clang "$work"/av1/*.o "$work"/av1-8/*.o "$work"/av1-16/*.o

cd "$work/libjpeg-turbo-$jpeg"
rm -rf "$work/jpeg"
jpegsources="jaricom jcomapi jdapimin jdapistd jdarith jdatasrc jdcoefct jdcolor jddctmgr jdhuff jdinput jdmainct jdmarker jdmaster jdmerge jdphuff jdpostct jdsample jerror jidctflt jidctfst jidctint jidctred jmemmgr jmemnobs jquant1 jquant2 jsimd_none jutils"
objects "$work/jpeg" clang "-I$here/config/jpeg -I." -- $(for f in $jpegsources; do echo $f.c; done)
objects "$work/jpeg-main" clang "-I$here/config/jpeg -I." -- "$here/source/jpeg.c"
link jpeg clang "$work"/jpeg/*.o "$work"/jpeg-main/*.o

rm -rf "$work/zlib" "$work/zstd" "$work/xz" "$work/webp" "$work/tiff"
cd "$work/zlib-$zlib"
objects "$work/zlib" clang "-I." -- adler32.c crc32.c inflate.c inffast.c inftrees.c zutil.c deflate.c trees.c
cd "$work/libzstd-$zstd/lib"
objects "$work/zstd" clang "-I. -DZSTD_LEGACY_SUPPORT=0 -DZSTD_DISABLE_ASM" -- common/entropy_common.c common/error_private.c common/fse_decompress.c common/xxhash.c common/zstd_common.c decompress/*.c
cd "$work/xz-utils-$xz/src/liblzma"
objects "$work/xz" clang "-D_WASI_EMULATED_SIGNAL -DHAVE_CONFIG_H -DTUKLIB_SYMBOL_PREFIX=lzma_ -I$here/config/xz -Iapi -Icommon -Icheck -Ilz -Irangecoder -Ilzma -Idelta -Isimple -I../common" -- \
	check/check.c check/*_small.c check/sha256.c $(ls common/*.c | grep -E '/(block_decoder|block_header_decoder|block_util|common|filter_common|filter_decoder|filter_flags_decoder|index_hash|stream_decoder|stream_flags_common|stream_flags_decoder|vli_decoder|vli_size)\.c') \
	delta/delta_common.c delta/delta_decoder.c lz/lz_decoder.c lzma/lzma2_decoder.c lzma/lzma_decoder.c lzma/lzma_encoder_presets.c
cd "$work/libwebp-$webp"
objects "$work/webp" clang "-I. -Isrc" -- src/dec/*.c $(ls src/dsp/*.c | grep -E '/(alpha_processing|cpu|dec|dec_clip_tables|filters|lossless|rescaler|upsampling|yuv)\.c') \
	$(ls src/utils/*.c | grep -vE '(_encode|bit_writer|quant_levels)_utils\.c')
cd "$work/tiff-$tiff/libtiff"
objects "$work/tiff" clang "-I$here/config/tiff -I$here/config/jpeg -I. -I$work/libjpeg-turbo-$jpeg -I$work/zlib-$zlib -I$work/libzstd-$zstd/lib -I$work/xz-utils-$xz/src/liblzma/api -I$work/libwebp-$webp/src" -- \
	$(ls tif_*.c | grep -vE 'tif_(jpeg_12|win32|unix|fax3sm_old|jbig|lerc|pixarlog|luv|print)\.c') tif_print.c "$here/source/tiff.c"
# What writes is left out, and ends the module where it is called.
link tiff clang -Wl,--unresolved-symbols=ignore-all "$work"/tiff/*.o "$work"/jpeg/*.o "$work"/zlib/*.o "$work"/zstd/*.o "$work"/xz/*.o "$work"/webp/*.o
ls -l "$here"/*.gz
