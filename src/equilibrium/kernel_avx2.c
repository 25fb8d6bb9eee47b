#include "equilibrium/kernels.h"

#if defined(__x86_64__)
#define KERNELS autki_kernels_avx2
#define KERNELS_NAME "avx2"
#include "equilibrium/kernel_body.h"
#endif
