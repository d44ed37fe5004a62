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
enum { UNPOISON_WRITTEN = 1 << 1, UNPOISON_IN_USE = 1 << 3 | 1 << 4, UNPOISON_TABLE = 1 << 21 };
#define UNPOISON_PAGEMAP_SCAN _IOWR('f', 16, struct unpoison_scan)

/* What is copied: differences of addresses, which wrap around as unsigned integers do. */
struct unpoison_copy { int pagemap; uint64_t limit, to_source, to_target; };

/* Copies a part, or with `looks_closer` lets runs that may never have been used be looked at once
   more. Gives how many bytes were copied, -1 with errno set. */
static int64_t unpoison_copy_part(
    const struct unpoison_copy *copy, uint64_t start, uint64_t end, uint64_t flags,
    uint64_t categories, int looks_closer
) {
    struct unpoison_region found[UNPOISON_REGIONS];
    struct unpoison_scan scan = {
        .size = sizeof scan, .flags = flags, .start = start, .end = end, .vec = (uintptr_t)found,
        .vec_len = UNPOISON_REGIONS, .mask = UNPOISON_WRITTEN, .anyof_mask = categories,
        .return_mask = UNPOISON_WRITTEN,
    };
    int64_t copied = 0;
    for (; scan.start < end; scan.start = scan.walk_end) {
        int count = ioctl(copy->pagemap, UNPOISON_PAGEMAP_SCAN, &scan);
        if (count < 0) return -1;
        for (int i = 0; i < count && found[i].start < copy->limit; i++) {
            uint64_t place = found[i].start, last = found[i].end;
            if (last > copy->limit) last = copy->limit;
            int64_t size = last - place;
            if (looks_closer && found[i].end - place >= UNPOISON_TABLE) {
                size = unpoison_copy_part(copy, place, found[i].end, flags, UNPOISON_IN_USE, 0);
                if (size < 0) return -1;
            } else
                memcpy((void *)(uintptr_t)(copy->to_target + place),
                       (const void *)(uintptr_t)(copy->to_source + place), size);
            copied += size;
        }
        if (scan.walk_end <= scan.start) { errno = EIO; return -1; }
    }
    return copied;
}

static int64_t unpoison_copy_written(
    int pagemap, uint64_t start, uint64_t middle, uint64_t end, uint64_t size,
    uint64_t source, uint64_t target, int protect
) {
    const struct unpoison_copy copy = {pagemap, start + size, source - start, target - start};
    uint64_t flags = UNPOISON_CHECK | (protect ? UNPOISON_WP : 0);
    if (middle > end) middle = end;
    int64_t dense = unpoison_copy_part(&copy, start, middle, flags, 0, 0);
    if (dense < 0) return -1;
    int64_t sparse = unpoison_copy_part(
        &copy, middle, end, flags, protect ? UNPOISON_IN_USE : 0, !protect
    );
    return sparse < 0 ? -1 : dense + sparse;
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
