#define KERNELS autki_kernels_portable
#define KERNELS_NAME "portable"
#include "equilibrium/kernel_body.h"

const autki_kernels *autki_kernels_best(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        return &autki_kernels_avx512;
    if (__builtin_cpu_supports("avx2"))
        return &autki_kernels_avx2;
#endif
    return &autki_kernels_portable;
}
