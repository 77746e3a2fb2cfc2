// What both decoders give: a picture in planes, as it is coded. The Go side
// (../codec.go) reads it by the same places.
#pragma once

#include <stdint.h>

struct picture {
	int32_t width, height;
	int32_t chroma;     // 0 for grey, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4
	int32_t bits;       // of a sample of luma; above 8 samples are of two bytes, little-endian
	int32_t bitsChroma; // of a sample of chroma
	int32_t full;       // whether samples have the full range
	int32_t matrix;     // ITU-T H.273, table 4
	int32_t stride[3];  // bytes of a row of each plane
	const void *plane[3];
};
