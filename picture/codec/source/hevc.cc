// HEVC still pictures by libde265.
#include <libde265/de265.h>

#include "picture.h"

static picture out;
static const char *why = "";

extern "C" __attribute__((export_name("message"))) const char *message() { return why; }

static bool failed(de265_error err) {
	if (err != DE265_OK)
		why = de265_get_error_text(err);
	return err != DE265_OK;
}

static int most;

// allocate refuses a picture of more than so many pixels.
static int allocate(de265_decoder_context *ctx, de265_image_spec *spec, de265_image *m, void *user) {
	if ((long long)spec->width * spec->height > most) {
		why = "it is larger than its file says";
		__builtin_trap();
	}
	return de265_get_default_image_allocation_functions()->get_buffer(ctx, spec, m, user);
}

// decode decodes the first picture of data, which is NAL units, each after its
// length in four bytes, most significant first. It gives the picture, which stays
// until the module ends, or nothing: this decodes one picture, of no more than so
// many pixels.
extern "C" __attribute__((export_name("decode"))) const picture *decode(const uint8_t *data, int n, int pixels) {
	de265_decoder_context *ctx = de265_new_decoder();
	if (!ctx)
		return nullptr;
	most = pixels;
	de265_image_allocation allocation = *de265_get_default_image_allocation_functions();
	allocation.get_buffer = allocate;
	de265_set_image_allocation_functions(ctx, &allocation, nullptr);
	while (n >= 4) {
		int length = data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3];
		data += 4, n -= 4;
		if (length < 0 || length > n)
			return nullptr;
		if (failed(de265_push_NAL(ctx, data, length, 0, nullptr)))
			return nullptr;
		data += length, n -= length;
	}
	if (failed(de265_flush_data(ctx)))
		return nullptr;
	int more = 1;
	const de265_image *m = nullptr;
	while (!m && more) {
		if (failed(de265_decode(ctx, &more)))
			return nullptr;
		m = de265_get_next_picture(ctx);
	}
	// What is amiss in the slices' data is no error to libde265, but a warning.
	if (!m || failed(de265_get_warning(ctx)))
		return nullptr;
	out.width = de265_get_image_width(m, 0);
	out.height = de265_get_image_height(m, 0);
	out.chroma = de265_get_chroma_format(m);
	out.bits = de265_get_bits_per_pixel(m, 0);
	out.bitsChroma = out.chroma ? de265_get_bits_per_pixel(m, 1) : out.bits;
	out.full = de265_get_image_full_range_flag(m);
	out.matrix = de265_get_image_matrix_coefficients(m);
	for (int c = 0; c < (out.chroma ? 3 : 1); c++) {
		int stride;
		out.plane[c] = de265_get_image_plane(m, c, &stride);
		out.stride[c] = stride;
	}
	return &out;
}

// The module has no exceptions: where one would be thrown, it ends.
extern "C" void *__cxa_allocate_exception(unsigned long) { __builtin_trap(); }
extern "C" void __cxa_throw(void *, void *, void *) { __builtin_trap(); }
