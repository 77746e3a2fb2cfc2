// AV1 still pictures by dav1d.
#include <dav1d/dav1d.h>
#include <errno.h>
#include <string.h>

#include "picture.h"

static struct picture out;
static Dav1dPicture m;

static char why[40];

__attribute__((export_name("message"))) const char *message(void) { return why; }

// failed notes the error, a number of the C library's, negated.
static int failed(int err) {
	if (err == DAV1D_ERR(ERANGE))
		strcpy(why, "it is larger than its file says");
	return err < 0;
}

static void nothing(const uint8_t *data, void *cookie) {}

// decode decodes the first picture of data, which is a sequence of OBUs. It gives
// the picture, which stays until the module ends, or nothing: this decodes one
// picture, of no more than so many pixels.
__attribute__((export_name("decode"))) const struct picture *decode(const uint8_t *data, int n, int pixels) {
	Dav1dSettings s;
	dav1d_default_settings(&s);
	s.n_threads = 1;
	s.max_frame_delay = 1;
	s.frame_size_limit = pixels;
	s.logger.callback = NULL;
	Dav1dContext *ctx;
	if (failed(dav1d_open(&ctx, &s)))
		return NULL;
	Dav1dData d = {0};
	if (failed(dav1d_data_wrap(&d, data, n, nothing, NULL)))
		return NULL;
	for (;;) {
		if (d.sz) {
			int err = dav1d_send_data(ctx, &d);
			if (err != DAV1D_ERR(EAGAIN) && failed(err))
				return NULL;
		}
		int err = dav1d_get_picture(ctx, &m);
		if (err == 0)
			break;
		if (err != DAV1D_ERR(EAGAIN) && failed(err) || !d.sz)
			return NULL;
	}
	out.width = m.p.w;
	out.height = m.p.h;
	out.chroma = m.p.layout; // DAV1D_PIXEL_LAYOUT_I400, I420, I422, I444
	out.bits = out.bitsChroma = m.p.bpc;
	out.full = m.seq_hdr->color_range;
	out.matrix = m.seq_hdr->mtrx;
	for (int c = 0; c < (out.chroma ? 3 : 1); c++) {
		out.plane[c] = m.data[c];
		out.stride[c] = m.stride[c > 0];
	}
	return &out;
}
