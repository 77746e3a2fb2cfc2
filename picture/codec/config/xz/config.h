// liblzma's configuration: its decoders of what xz and libtiff write.
#define HAVE_CHECK_CRC32 1
#define HAVE_CHECK_CRC64 1
#define HAVE_CHECK_SHA256 1
#define HAVE_DECODERS 1
#define HAVE_DECODER_DELTA 1
#define HAVE_DECODER_LZMA1 1
#define HAVE_DECODER_LZMA2 1
#define HAVE_INTTYPES_H 1
#define HAVE_LIMITS_H 1
#define HAVE_STDBOOL_H 1
#define HAVE_STDINT_H 1
#define HAVE_STRING_H 1
#define HAVE_SMALL 1
#define HAVE__BOOL 1
#define SIZEOF_SIZE_T 4
typedef unsigned long sigset_t; // which a function names that nobody calls
