/* testing/fuzz_blocks: a large block of memory is kept for the next execution of a fuzz target.
 * SPDX-License-Identifier: MIT
 *
 * ASan maps each block above 128 KiB anew and unmaps it again: a node is one, and its page faults
 * were most of what an execution cost. Here one such block is kept when it is freed and given to
 * the next calloc of its size, cleared, so that no execution sees anything of those before. While
 * nobody has it, it is poisoned, so that use after free is found as before; it still lies between
 * ASan's own red zones; and while somebody has it, it is not pointed to from here, so that a leak
 * is found.
 *
 * Linked into fuzz targets with --wrap=calloc and --wrap=free. */
#include <malloc.h>
#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LARGE_BYTES ((size_t)128 << 10)

void *__real_calloc(size_t count, size_t size);
void __real_free(void *block);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *block);
const char *__asan_default_options(void);

static void *kept;         /* NULL: none, or somebody has it: */
static uintptr_t lent_not; /* then the complement of its address; else 0 */
static size_t block_bytes; /* of that one */

/* What was freed is not used again before so much more was freed: far more than an execution frees,
 * and not so much that each execution writes to memory that no cache holds. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=8";
}

static void *lend(void *block, size_t bytes)
{
	lent_not = ~(uintptr_t)block;
	block_bytes = bytes;
	kept = NULL;
	return block;
}

void *__wrap_calloc(size_t count, size_t size)
{
	const bool is_large = count > 0 && size >= LARGE_BYTES / count && size <= SIZE_MAX / count;
	void *block = kept;

	if (!is_large || lent_not != 0)
		return __real_calloc(count, size);
	if (block && block_bytes == count * size) {
		ASAN_UNPOISON_MEMORY_REGION(block, block_bytes);
		return lend(memset(block, 0, block_bytes), block_bytes);
	}
	if (block) {
		ASAN_UNPOISON_MEMORY_REGION(block, block_bytes);
		__real_free(block);
		kept = NULL;
	}
	block = __real_calloc(count, size);
	return block ? lend(block, count * size) : NULL;
}

void __wrap_free(void *block)
{
	if (block && block == kept)
		abort(); /* freed twice */
	if (!block || ~(uintptr_t)block != lent_not) {
		__real_free(block);
		return;
	}
	lent_not = 0;
	if (malloc_usable_size(block) != block_bytes) { /* another one: realloc took ours */
		__real_free(block);
		return;
	}
	ASAN_POISON_MEMORY_REGION(block, block_bytes);
	kept = block;
}
