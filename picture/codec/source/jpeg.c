// JPEG by libjpeg-turbo.
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// What the Go side (../jpeg.go) reads.
static struct header {
	int32_t width, height;
	int32_t channels; // of a pixel in rows: 1 for grey, 3 for RGB, 4 for CMYK
	const uint8_t *rows;
} out;

enum { strip = 16 }; // rows that read gives at most

static char why[JMSG_LENGTH_MAX];
static struct jpeg_decompress_struct cinfo;
static struct jpeg_error_mgr errors;
static struct jpeg_source_mgr source;
static int ended; // the data are used up

__attribute__((export_name("message"))) const char *message(void) { return why; }

static void fail(j_common_ptr c) {
	errors.format_message(c, why);
	__builtin_trap();
}

// warned is called with what libjpeg goes on after. What leaves pixels unknown is
// a failure.
static void warned(j_common_ptr c, int level) {
	if (level >= 0)
		return; // a trace
	switch (errors.msg_code) {
	case JWRN_ADOBE_XFORM:
	case JWRN_EXTRANEOUS_DATA: // between segments
	case JWRN_JFIF_MAJOR:
		return;
	}
	fail(c);
}

static void ignore(j_common_ptr c) {}
static void nothing(j_decompress_ptr c) {}

// fill is called where the data end: a picture may be whole but for its end
// marker.
static boolean fill(j_decompress_ptr c) {
	static const JOCTET end[] = {0xff, JPEG_EOI};
	ended = 1;
	source.next_input_byte = end;
	source.bytes_in_buffer = sizeof end;
	return TRUE;
}

static void skip(j_decompress_ptr c, long n) {
	if (n <= 0)
		return;
	if ((size_t)n > source.bytes_in_buffer) {
		fill(c);
		return;
	}
	source.next_input_byte += n;
	source.bytes_in_buffer -= n;
}

// start begins a JPEG.
__attribute__((export_name("start"))) const struct header *start(const uint8_t *data, int n) {
	cinfo.err = jpeg_std_error(&errors);
	errors.error_exit = fail;
	errors.emit_message = warned;
	errors.output_message = ignore;
	jpeg_create_decompress(&cinfo);
	source.next_input_byte = data;
	source.bytes_in_buffer = n;
	source.init_source = nothing;
	source.fill_input_buffer = fill;
	source.skip_input_data = skip;
	source.resync_to_restart = jpeg_resync_to_restart;
	source.term_source = nothing;
	cinfo.src = &source;
	jpeg_read_header(&cinfo, TRUE);
	switch (cinfo.jpeg_color_space) {
	case JCS_GRAYSCALE:
		cinfo.out_color_space = JCS_GRAYSCALE;
		break;
	case JCS_RGB:
	case JCS_YCbCr:
		cinfo.out_color_space = JCS_RGB;
		break;
	case JCS_CMYK:
	case JCS_YCCK:
		cinfo.out_color_space = JCS_CMYK;
		break;
	default:
		snprintf(why, sizeof why, "%d colour components", cinfo.num_components);
		__builtin_trap();
	}
	jpeg_start_decompress(&cinfo);
	// A progressive picture that ends between two scans looks whole.
	if (ended && cinfo.progressive_mode)
		for (int c = 0; c < cinfo.num_components; c++)
			for (int i = 0; i < DCTSIZE2; i++)
				if (cinfo.coef_bits[c][i] != 0) {
					strcpy(why, "premature end of the scans");
					__builtin_trap();
				}
	out.width = cinfo.output_width;
	out.height = cinfo.output_height;
	out.channels = cinfo.output_components;
	out.rows = malloc((size_t)strip * out.width * out.channels);
	return &out;
}

// read decodes the next rows and says how many they are.
__attribute__((export_name("read"))) int read_rows(void) {
	int n = 0;
	while (n < strip && cinfo.output_scanline < cinfo.output_height) {
		JSAMPROW row = (JSAMPROW)out.rows + (size_t)n * out.width * out.channels;
		n += jpeg_read_scanlines(&cinfo, &row, 1);
	}
	return n;
}
