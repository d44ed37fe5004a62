/* The written pages of a range, found by Linux and copied: what page_scan.py does. */

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum { UNPOISON_REGIONS = 128 };

/* The pages that were written when it was looked last. They are the same for as long as `faults`,
   the page faults of the process, are: the first write to a watched page is one. */
struct unpoison_known {
    int64_t count;  /* of runs; -1 when nothing is known */
    uint64_t faults, end, limit;
    struct { uint64_t start, end; } runs[UNPOISON_REGIONS];
};

static void unpoison_forget(struct unpoison_known *known) { known->count = -1; }

#ifdef __linux__

#include <sys/ioctl.h>
#include <sys/resource.h>

/* struct page_region and struct pm_scan_arg of linux/fs.h, which may be older than the kernel. */
struct unpoison_region { uint64_t start, end, categories; };
struct unpoison_scan {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t inverted, mask, anyof_mask, return_mask;
};

enum { UNPOISON_WP = 1, UNPOISON_CHECK = 2 };
enum { UNPOISON_WRITTEN = 1 << 1, UNPOISON_IN_USE = 1 << 3 | 1 << 4, UNPOISON_TABLE = 1 << 21 };
#define UNPOISON_PAGEMAP_SCAN _IOWR('f', 16, struct unpoison_scan)

/* What is copied: differences of addresses, which wrap around as unsigned integers do. */
struct unpoison_copy { int pagemap; uint64_t limit, to_source, to_target; };

/* The page faults of all threads of this process so far, getrusage(2); 0 when it does not say. */
static uint64_t unpoison_faults(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
}

static int unpoison_is_known(
    const struct unpoison_known *known, uint64_t end, uint64_t limit, uint64_t faults
) {
    return known->count >= 0 && faults && known->faults == faults && known->end == end
        && known->limit == limit;
}

static int64_t unpoison_copy_run(
    const struct unpoison_copy *copy, uint64_t place, uint64_t end
) {
    memcpy((void *)(uintptr_t)(copy->to_target + place),
           (const void *)(uintptr_t)(copy->to_source + place), end - place);
    return end - place;
}

static int64_t unpoison_copy_known(
    const struct unpoison_copy *copy, const struct unpoison_known *known
) {
    int64_t copied = 0;
    for (int64_t i = 0; i < known->count; i++)
        copied += unpoison_copy_run(copy, known->runs[i].start, known->runs[i].end);
    return copied;
}

/* Notes a run, unless there is no room for it: then nothing is known in the end. */
static void unpoison_note(struct unpoison_known *known, uint64_t place, uint64_t end) {
    if (known->count < UNPOISON_REGIONS) {
        known->runs[known->count].start = place;
        known->runs[known->count].end = end;
    }
    known->count++;
}

/* Copies a part, or with `looks_closer` lets runs that may never have been used be looked at once
   more. Gives how many bytes were copied, -1 with errno set. */
static int64_t unpoison_copy_part(
    const struct unpoison_copy *copy, struct unpoison_known *known, uint64_t start, uint64_t end,
    uint64_t flags, uint64_t categories, int looks_closer
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
            int64_t size;
            if (looks_closer && found[i].end - place >= UNPOISON_TABLE) {
                size = unpoison_copy_part(
                    copy, known, place, found[i].end, flags, UNPOISON_IN_USE, 0
                );
                if (size < 0) return -1;
            } else {
                size = unpoison_copy_run(copy, place, last);
                unpoison_note(known, place, last);
            }
            copied += size;
        }
        if (scan.walk_end <= scan.start) { errno = EIO; return -1; }
    }
    return copied;
}

static int64_t unpoison_copy_written(
    struct unpoison_known *known, int pagemap, uint64_t start, uint64_t middle, uint64_t end,
    uint64_t size, uint64_t source, uint64_t target, int protect
) {
    const struct unpoison_copy copy = {pagemap, start + size, source - start, target - start};
    const uint64_t flags = UNPOISON_CHECK | (protect ? UNPOISON_WP : 0);
    const uint64_t faults = unpoison_faults();  /* before the look: what comes later counts as new */
    if (unpoison_is_known(known, end, copy.limit, faults) && (!protect || known->count == 0))
        return unpoison_copy_known(&copy, known);
    if (middle > end) middle = end;
    known->count = 0;
    int64_t dense = unpoison_copy_part(&copy, known, start, middle, flags, 0, 0);
    int64_t sparse = dense < 0 ? -1 : unpoison_copy_part(
        &copy, known, middle, end, flags, protect ? UNPOISON_IN_USE : 0, !protect
    );
    if (sparse < 0 || (!protect && known->count > UNPOISON_REGIONS))
        unpoison_forget(known);
    else if (protect)
        known->count = 0;
    known->faults = faults, known->end = end, known->limit = copy.limit;
    return sparse < 0 ? -1 : dense + sparse;
}

#else

static uint64_t unpoison_faults(void) { return 0; }

static int unpoison_is_known(
    const struct unpoison_known *known, uint64_t end, uint64_t limit, uint64_t faults
) { return 0; }

static int64_t unpoison_copy_written(
    struct unpoison_known *known, int pagemap, uint64_t start, uint64_t middle, uint64_t end,
    uint64_t size, uint64_t source, uint64_t target, int protect
) {
    errno = ENOSYS;
    return -1;
}

#endif
