// dav1d's configuration, which its meson.build would write.
#define CONFIG_8BPC 1
#define CONFIG_16BPC 1
#define CONFIG_LOG 0
#define CONFIG_MACOS_KPERF 0
#define HAVE_ASM 0
#define HAVE_POSIX_MEMALIGN 1
#define HAVE_CLOCK_GETTIME 1
#define HAVE_UNISTD_H 1
#define TRIM_DSP_FUNCTIONS 0
#define ENDIANNESS_BIG 0
