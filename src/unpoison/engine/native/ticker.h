/* Clocks, and the thread that lets an engine's epoch advance; see meter.pxi. */

#include <pythread.h>

#ifdef _WIN32
#include <windows.h>
static double unpoison_monotonic(void) {
    LARGE_INTEGER now, frequency;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    return (double)now.QuadPart / (double)frequency.QuadPart;
}
static double unpoison_thread_time(void) {
    FILETIME made, ended, kernel, user;
    GetThreadTimes(GetCurrentThread(), &made, &ended, &kernel, &user);
    return ((double)kernel.dwHighDateTime + user.dwHighDateTime) * 429.4967296
        + ((double)kernel.dwLowDateTime + user.dwLowDateTime) * 1e-7;
}
static void unpoison_sleep(double seconds) { Sleep((DWORD)(seconds * 1000 + 0.999)); }
static long unpoison_add(volatile long *number, long step) {
    return InterlockedExchangeAdd(number, step) + step;
}
#else
#include <time.h>
static double unpoison_clock(clockid_t which) {
    struct timespec now;
    clock_gettime(which, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
static double unpoison_monotonic(void) { return unpoison_clock(CLOCK_MONOTONIC); }
static double unpoison_thread_time(void) { return unpoison_clock(CLOCK_THREAD_CPUTIME_ID); }
static void unpoison_sleep(double seconds) {
    struct timespec pause = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    nanosleep(&pause, NULL);
}
static long unpoison_add(volatile long *number, long step) {
    return __atomic_add_fetch(number, step, __ATOMIC_SEQ_CST);
}
#endif

/* What a ticker and its thread share. `calls` and `running` are written with the GIL only. */
typedef struct {
    void *engine;
    void (*increment)(void *engine);
    void (*remove)(void *engine);
    volatile long owners, generation, forks, alive, stopped;
    volatile long long calls, running;
    volatile double period;
} unpoison_ticker;

#define UNPOISON_LINGER 0.25  /* seconds that a thread goes on after the last call */
#define UNPOISON_VISIBLE 0.005  /* seconds after which every write of a thread has been seen */

static void unpoison_give_up(unpoison_ticker *ticker) {
    if (unpoison_add(&ticker->owners, -1)) return;
    ticker->remove(ticker->engine);
    PyMem_RawFree(ticker);
}

/* The thread. It says that it ends, waits until every call that did not see it is to be seen,
   and looks once more. Two of them for a moment do no harm: each tick is only a look. */
static void unpoison_tick(void *argument) {
    unpoison_ticker *ticker = argument;
    long mine = ticker->generation;
    long long last = -1;
    double idle = 0;
    for (;;) {
        unpoison_sleep(ticker->period);
        if (ticker->stopped || ticker->generation != mine) break;
        ticker->increment(ticker->engine);
        if (ticker->running || ticker->calls != last) {
            last = ticker->calls;
            idle = 0;
            continue;
        }
        idle += ticker->period;
        if (idle < UNPOISON_LINGER) continue;
        ticker->alive = 0;
        unpoison_sleep(UNPOISON_VISIBLE);
        if (ticker->stopped || ticker->generation != mine) break;
        if (!ticker->running && ticker->calls == last) break;
        ticker->alive = 1;
        idle = 0;
    }
    unpoison_give_up(ticker);
}

/* Start the thread; false where the system has none to give. */
static int unpoison_start(unpoison_ticker *ticker, long forks) {
    ticker->generation += 1;
    ticker->forks = forks;
    ticker->alive = 1;
    unpoison_add(&ticker->owners, 1);
    if (PyThread_start_new_thread(unpoison_tick, ticker) != PYTHREAD_INVALID_THREAD_ID)
        return 1;
    unpoison_add(&ticker->owners, -1);
    ticker->alive = 0;
    return 0;
}
