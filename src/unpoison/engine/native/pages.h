/* The written pages of a range, found by Linux and copied: what page_scan.py does. */

#include <errno.h>
#include <stdint.h>
#include <string.h>

#ifdef __linux__

#include <sys/ioctl.h>

/* struct page_region and struct pm_scan_arg of linux/fs.h, which may be older than the kernel. */
struct unpoison_region { uint64_t start, end, categories; };
struct unpoison_scan {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t inverted, mask, anyof_mask, return_mask;
};

enum { UNPOISON_REGIONS = 128, UNPOISON_WP = 1, UNPOISON_CHECK = 2 };
enum { UNPOISON_WRITTEN = 1 << 1, UNPOISON_PRESENT = 1 << 3, UNPOISON_SWAPPED = 1 << 4 };
#define UNPOISON_PAGEMAP_SCAN _IOWR('f', 16, struct unpoison_scan)

/* Gives how many bytes were copied, -1 with errno set. */
static int64_t unpoison_copy_part(
    int pagemap, struct unpoison_scan *scan, uint64_t limit, uint64_t to_source, uint64_t to_target
) {
    struct unpoison_region found[UNPOISON_REGIONS];
    int64_t copied = 0;
    scan->size = sizeof *scan;
    scan->vec = (uintptr_t)found;
    scan->vec_len = UNPOISON_REGIONS;
    scan->mask = scan->return_mask = UNPOISON_WRITTEN;
    for (; scan->start < scan->end; scan->start = scan->walk_end) {
        int count = ioctl(pagemap, UNPOISON_PAGEMAP_SCAN, scan);
        if (count < 0) return -1;
        for (int i = 0; i < count && found[i].start < limit; i++) {
            uint64_t place = found[i].start;
            uint64_t length = (found[i].end < limit ? found[i].end : limit) - place;
            memcpy((void *)(uintptr_t)(to_target + place), (void *)(uintptr_t)(to_source + place), length);
            copied += length;
        }
        if (scan->walk_end <= scan->start) { errno = EIO; return -1; }
    }
    return copied;
}

static int64_t unpoison_copy_written(
    int pagemap, uint64_t start, uint64_t middle, uint64_t end, uint64_t size,
    uint64_t source, uint64_t target, int protect
) {
    uint64_t flags = UNPOISON_CHECK | (protect ? UNPOISON_WP : 0);
    if (middle > end) middle = end;
    struct unpoison_scan dense = {.start = start, .end = middle, .flags = flags};
    struct unpoison_scan sparse = {
        .start = middle, .end = end, .flags = flags,
        .anyof_mask = UNPOISON_PRESENT | UNPOISON_SWAPPED,
    };
    /* Differences wrap around, as unsigned integers do. */
    uint64_t to_source = source - start, to_target = target - start, limit = start + size;
    int64_t one = unpoison_copy_part(pagemap, &dense, limit, to_source, to_target);
    if (one < 0) return -1;
    int64_t two = unpoison_copy_part(pagemap, &sparse, limit, to_source, to_target);
    return two < 0 ? -1 : one + two;
}

#else

static int64_t unpoison_copy_written(
    int pagemap, uint64_t start, uint64_t middle, uint64_t end, uint64_t size,
    uint64_t source, uint64_t target, int protect
) {
    errno = ENOSYS;
    return -1;
}

#endif
