#include "CMemoryHints.h"

#include <stdint.h>
#include <sys/mman.h>

void steward_prefer_large_pages(void *start, size_t bytes) {
#ifdef MADV_HUGEPAGE
    // The beginning must lie on a page; what it is for begins on a large one anyway.
    if (((uintptr_t)start & 4095) == 0) (void)madvise(start, bytes, MADV_HUGEPAGE);
#else
    (void)start;
    (void)bytes;
#endif
}
