// TIFF by libtiff: its parts are decoded here, and put together and made RGB of
// by the Go side (../tiff.go), which reads struct header.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

static struct header {
	int32_t width, height;
	int32_t bits, samples, format; // of a sample; of a pixel; SampleFormat
	int32_t photometric, planar, compression;
	int32_t extra;                 // ExtraSamples' first, or -1
	int32_t inks;                  // InkSet
	int32_t tiled;
	int32_t partWidth, partHeight; // of a tile or strip
	int32_t parts;                 // how many there are, of all planes
	int32_t partBytes;             // of one, decoded
	const uint16_t *map[3];        // colour map, or null
} out;

static TIFF *t;
static const uint8_t *file;
static toff_t size, at;
static uint8_t *part;
static char why[200];

__attribute__((export_name("message"))) const char *message(void) { return why; }

static tmsize_t readAt(thandle_t h, void *p, tmsize_t n) {
	if (at >= size)
		return 0;
	if ((toff_t)n > size - at)
		n = size - at;
	memcpy(p, file + at, n);
	at += n;
	return n;
}
static tmsize_t writeAt(thandle_t h, void *p, tmsize_t n) { return 0; }
static toff_t seek(thandle_t h, toff_t offset, int whence) {
	return at = whence == SEEK_CUR ? at + offset : whence == SEEK_END ? size + offset : offset;
}
static int end(thandle_t h) { return 0; }
static toff_t length(thandle_t h) { return size; }
static int map(thandle_t h, void **base, toff_t *n) {
	*base = (void *)file;
	*n = size;
	return 1;
}
static void unmap(thandle_t h, void *base, toff_t n) {}

// What libtiff asks of a system.
void *_TIFFmalloc(tmsize_t n) { return n > 0 ? malloc(n) : NULL; }
void *_TIFFcalloc(tmsize_t n, tmsize_t each) { return n > 0 && each > 0 ? calloc(n, each) : NULL; }
void *_TIFFrealloc(void *p, tmsize_t n) { return realloc(p, n); }
void _TIFFfree(void *p) { free(p); }
void _TIFFmemset(void *p, int c, tmsize_t n) { memset(p, c, n); }
void _TIFFmemcpy(void *to, const void *from, tmsize_t n) { memcpy(to, from, n); }
int _TIFFmemcmp(const void *a, const void *b, tmsize_t n) { return memcmp(a, b, n); }
TIFFErrorHandler _TIFFerrorHandler, _TIFFwarningHandler;

// said keeps the first error: the others follow from it.
static void said(const char *module, const char *format, va_list args) {
	if (!*why)
		vsnprintf(why, sizeof why, format, args);
}

static int field(int tag) {
	uint16_t v = 0;
	TIFFGetFieldDefaulted(t, tag, &v);
	return v;
}

// start reads the first directory; it gives nothing where there is none.
__attribute__((export_name("start"))) const struct header *start(const uint8_t *data, int n) {
	file = data;
	size = n;
	TIFFSetErrorHandler(said);
	TIFFSetWarningHandler(NULL);
	t = TIFFClientOpen("", "r", NULL, readAt, writeAt, seek, end, length, map, unmap);
	if (!t)
		return NULL;
	uint32_t w = 0, h = 0, pw = 0, ph = 0;
	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &w);
	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &h);
	out.width = w;
	out.height = h;
	out.bits = field(TIFFTAG_BITSPERSAMPLE);
	out.samples = field(TIFFTAG_SAMPLESPERPIXEL);
	out.format = field(TIFFTAG_SAMPLEFORMAT);
	out.planar = field(TIFFTAG_PLANARCONFIG);
	out.compression = field(TIFFTAG_COMPRESSION);
	out.inks = field(TIFFTAG_INKSET);
	uint16_t photometric;
	out.photometric = TIFFGetField(t, TIFFTAG_PHOTOMETRIC, &photometric) ? photometric : -1;
	if (out.photometric == PHOTOMETRIC_YCBCR && (out.compression == COMPRESSION_JPEG || out.compression == COMPRESSION_OJPEG) &&
		out.planar == PLANARCONFIG_CONTIG && out.samples == 3 && out.compression == COMPRESSION_JPEG) {
		TIFFSetField(t, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
		out.photometric = PHOTOMETRIC_RGB;
	}
	uint16_t extras, *extra;
	TIFFGetFieldDefaulted(t, TIFFTAG_EXTRASAMPLES, &extras, &extra);
	out.extra = extras ? extra[0] : -1;
	uint16_t *red, *green, *blue;
	if (TIFFGetField(t, TIFFTAG_COLORMAP, &red, &green, &blue))
		out.map[0] = red, out.map[1] = green, out.map[2] = blue;
	out.tiled = TIFFIsTiled(t);
	if (out.tiled) {
		TIFFGetField(t, TIFFTAG_TILEWIDTH, &pw);
		TIFFGetField(t, TIFFTAG_TILELENGTH, &ph);
		out.parts = TIFFNumberOfTiles(t);
		out.partBytes = TIFFTileSize(t);
	} else {
		TIFFGetFieldDefaulted(t, TIFFTAG_ROWSPERSTRIP, &ph);
		pw = w;
		if (ph > h)
			ph = h;
		out.parts = TIFFNumberOfStrips(t);
		out.partBytes = TIFFStripSize(t);
	}
	out.partWidth = pw;
	out.partHeight = ph;
	return &out;
}

// read decodes part i and gives its bytes, or nothing.
__attribute__((export_name("read"))) const uint8_t *read_part(int i) {
	if (!part)
		part = calloc(1, out.partBytes);
	if (!part) {
		strcpy(why, "out of memory");
		return NULL;
	}
	tmsize_t n = out.tiled ? TIFFReadEncodedTile(t, i, part, -1) : TIFFReadEncodedStrip(t, i, part, -1);
	return n < 0 ? NULL : part;
}

// rgba decodes the part that begins at column x and row y to RGBA of 8 bits,
// bottom row first and premultiplied, as libtiff shows colour models that it
// knows; or gives nothing.
__attribute__((export_name("rgba"))) const uint8_t *rgba(int x, int y) {
	if (!part)
		part = malloc((size_t)out.partWidth * out.partHeight * 4);
	if (!part) {
		strcpy(why, "out of memory");
		return NULL;
	}
	int ok = out.tiled ? TIFFReadRGBATileExt(t, x, y, (uint32_t *)part, 1) : TIFFReadRGBAStripExt(t, y, (uint32_t *)part, 1);
	return ok ? part : NULL;
}
