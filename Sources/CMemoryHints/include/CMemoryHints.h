#pragma once

#include <stddef.h>

/// Asks for the memory at a place to be brought near, without waiting for it; any place will do, even a wrong one.
static inline void steward_fetch(const void *place) { __builtin_prefetch(place, 0, 3); }

/// Asks for large pages under some memory, where the system has them; nothing else about the memory changes.
void steward_prefer_large_pages(void *start, size_t bytes);
