#define JVERSION "6b"
#define JCOPYRIGHT "libjpeg-turbo; see LICENSE.libjpeg-turbo"
#define JCOPYRIGHT_SHORT JCOPYRIGHT
