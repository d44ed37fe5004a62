# The ticker, the limits of calls, and the raw call within them.

cdef class Ticker:
    """Lets the epoch of one engine advance while its calls run, from a thread without Python.

    `engine` is a clone of its own, `increment` and `remove` are the addresses of
    wasmtime_engine_increment_epoch and wasm_engine_delete.
    """

    cdef unpoison_ticker *_shared

    def __cinit__(self, uintptr_t engine, uintptr_t increment, uintptr_t remove):
        self._shared = <unpoison_ticker *>PyMem_RawCalloc(1, sizeof(unpoison_ticker))
        if self._shared is NULL:
            raise MemoryError
        self._shared.engine = <void *>engine
        self._shared.increment = <void (*)(void *) noexcept nogil>increment
        self._shared.remove = <void (*)(void *) noexcept nogil>remove
        self._shared.owners = 1
        self._shared.period = LONGEST_PERIOD

    def __dealloc__(self):
        if self._shared is not NULL:
            self._shared.stopped = 1
            unpoison_give_up(self._shared)

    def refine(self, double period):
        """Tick at least so often (seconds) from now on."""
        self._shared.period = min(self._shared.period, max(period, SHORTEST_PERIOD))

    def stop(self):
        """End the thread soon."""
        self._shared.stopped = 1

    def watch(self, token, expiry, context, rest):
        """Do nothing: at each tick a store looks at the clock itself."""

    def unwatch(self, token, context, outer, rest):
        """Do nothing."""

    @property
    def is_alive(self):
        """Whether its thread runs."""
        return self._shared.alive and self._shared.forks == _process.forks


cdef class _Process:
    cdef long forks

    def __init__(self):
        self.forks = 0
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def _forked(self):
        self.forks += 1


cdef _Process _process = _Process()  # a child has the tickers of its parent, but not their threads


cdef inline bint _tick_on(unpoison_ticker *ticker) noexcept:
    """Note that a call begins; False, with an error set, when nothing could stop it."""
    ticker.calls += 1
    ticker.running += 1
    if ticker.alive and ticker.forks == _process.forks:
        return True
    if unpoison_start(ticker, _process.forks):
        return True
    ticker.running -= 1
    PyErr_SetString(RuntimeError, b"can't start new thread")
    return False


# --- the limits of a call ---

cdef struct Run:
    # What goes on in one store: how its guest was entered last, and what it may use.
    int mode
    void *thread_state  # while the GIL is released
    Py_ssize_t inside
    unsigned long anchor_thread
    double cpu, wall, expiry, allowed, began, anchor, anchored
    bint limited
    double near
    uint32_t *word  # in the guest's memory, NULL for none
    int stopped
    unpoison_ticker *ticker
    PyObject *failures


cdef class Meter:
    """The limits of one instance, as meter.py has them; here every store has one.

    `kinds` are what `stopped` is for an interrupt and for the CPU limit.
    """

    cdef Run _run
    cdef Ticker _ticker
    cdef object _kinds
    cdef object _budget
    cdef object _charged
    cdef uintptr_t _error
    cdef set_callback_t _set_callback
    cdef set_deadline_t _set_deadline
    cdef void *_context
    cdef readonly list failures

    def __init__(
        self,
        Ticker ticker,
        object cpu,
        object wall,
        tuple kinds,
        uintptr_t set_callback,
        uintptr_t set_deadline,
    ):
        self._ticker = ticker
        self._kinds = kinds
        self._set_callback = <set_callback_t>set_callback
        self._set_deadline = <set_deadline_t>set_deadline
        self.failures = []
        self._run.ticker = ticker._shared
        self._run.failures = <PyObject *>self.failures
        self._run.cpu = INFINITY if cpu is None else cpu
        self._run.wall = INFINITY if wall is None else wall
        self._run.expiry = INFINITY
        self._run.anchor = self._run.anchored = -INFINITY
        self._run.near = INFINITY
        self._run.limited = cpu is not None or wall is not None
        ticker.refine(min(self._run.cpu, self._run.wall) / PRECISION)

    @property
    def budget(self):
        """What calls that begin from now on are charged to."""
        return self._budget

    @budget.setter
    def budget(self, budget):
        self._budget = budget
        if budget is not None:
            self._run.limited = True
            self._ticker.refine(budget.seconds / PRECISION)

    @property
    def expiry(self):
        """When every call is stopped, by `time.monotonic`; None for never."""
        return None if self._run.expiry == INFINITY else self._run.expiry

    @expiry.setter
    def expiry(self, expiry):
        if expiry is None:
            self._run.expiry = INFINITY
            return
        cdef double left = expiry - monotonic()
        self._run.expiry = unpoison_monotonic() + left
        self._ticker.refine(max(left, 0.0) / PRECISION)

    @property
    def is_running(self):
        """Whether a call runs, in whatever thread."""
        return self._run.inside > 0

    @property
    def stopped(self):
        """The limit that ended the last call, else None."""
        return None if self._run.stopped == 0 else self._kinds[self._run.stopped - 1]

    @property
    def has_stopped(self):
        """Whether a limit ended the last call."""
        return self._run.stopped != 0

    def take(self):
        """Give the error that ended the last call, and the limit that it is; forget both."""
        found = (self._error or None, self.stopped)
        self._error = 0
        self._run.stopped = 0
        return found

    def attach(self, uintptr_t store, uintptr_t context):
        """Watch a fresh store; `context` is that of it until the next one."""
        self._context = <void *>context
        self._run.expiry = INFINITY
        self._run.word = NULL
        self.take()
        self._set_callback(<void *>store, <void *>_ticked, &self._run, NULL)
        self._set_deadline(self._context, 1)

    @property
    def context(self):
        """The address of the context of the store that is watched; None before there is one."""
        return None if self._context is NULL else <uintptr_t>self._context

    def signals_at(self, uintptr_t address):
        """See meter.py."""
        self._run.word = <uint32_t *>address
        self._run.word[0] = 0

    def measured(self, call):
        """Give what makes a call that is not compiled, within the limits."""
        return Measured(self, call)

    def grace(self, double seconds):
        """Let the calls of a `with` block have so much CPU time, whatever was used up before."""
        return Grace(self, seconds)


cdef class Measured:
    """A call that releases the GIL by itself, within the limits of a meter."""

    cdef Meter _meter
    cdef object _call

    def __init__(self, Meter meter, object call):
        self._meter = meter
        self._call = call

    def __call__(self):
        cdef Run *run = &self._meter._run
        cdef int outer = run.mode
        if run.inside == 0 and not _begin(self._meter):
            _reraise()
        run.inside += 1
        run.mode = FOREIGN
        try:
            error = self._call()
        finally:
            run.mode = outer
            run.inside -= 1
            if run.inside == 0:
                _end(self._meter)
        if error is not None:
            self._meter._error = error
        return error


cdef class Grace:
    """Other limits for a block; those of before are put back, the time it took is not charged."""

    cdef Meter _meter
    cdef double _seconds, _began, _anchor
    cdef bint _is_needed
    cdef Run _before
    cdef object _charged, _budget

    def __init__(self, Meter meter, double seconds):
        self._meter = meter
        self._seconds = seconds

    def __enter__(self):
        cdef Run *run = &self._meter._run
        self._is_needed = run.limited or run.expiry != INFINITY
        if not self._is_needed:
            return
        self._before = run[0]
        self._charged, self._budget = self._meter._charged, self._meter._budget
        self._meter._charged = self._meter._budget = None
        run.cpu = run.allowed = self._seconds
        run.wall = run.expiry = INFINITY
        run.limited = True
        _take_anchor(run, unpoison_monotonic())
        run.began = self._began = run.anchored
        self._anchor = run.anchor

    def __exit__(self, *_):
        cdef Run *run = &self._meter._run
        if not self._is_needed:
            return
        self._meter._charged, self._meter._budget = self._charged, self._budget
        run.cpu, run.allowed = self._before.cpu, self._before.allowed
        run.wall, run.expiry = self._before.wall, self._before.expiry
        run.limited = self._before.limited
        run.began = self._before.began + unpoison_monotonic() - self._began
        run.anchor = self._before.anchor + unpoison_thread_time() - self._anchor
        run.anchored = self._before.anchored


cdef bint _begin(Meter meter) noexcept:
    """Begin an outermost call; False, with an error set, when nothing could stop it."""
    cdef Run *run = &meter._run
    if not _tick_on(run.ticker):
        return False
    return not run.limited or _begin_limited(meter)


cdef bint _begin_limited(Meter meter) noexcept:
    cdef Run *run = &meter._run
    cdef double now = unpoison_monotonic(), left, whole
    if now - run.anchored > ANCHOR_AGE or run.anchor_thread != PyThread_get_thread_ident():
        _take_anchor(run, now)
    run.began = now
    run.allowed = run.cpu
    meter._charged = meter._budget
    if meter._charged is not None:
        left = meter._charged.left
        if left < run.cpu:
            run.allowed = left
        if left <= 0:  # a call that is too short to be seen would never be stopped
            meter._set_deadline(meter._context, 0)
    if run.word is not NULL:
        whole = run.cpu if meter._charged is None else min(run.cpu, meter._charged.seconds)
        run.near = run.allowed - NEAR * whole
        run.word[0] = NEAR_LIMIT if run.near <= 0 else 0
    return True


cdef void _end(Meter meter) noexcept:
    cdef Run *run = &meter._run
    cdef double now, passed, before
    run.ticker.running -= 1
    if meter._charged is None:
        return
    now = unpoison_monotonic()
    passed = now - run.began
    if passed >= SHORT:
        before = run.anchor
        _take_anchor(run, now)
        passed = min(passed, run.anchor - before)
    meter._charged.left -= passed
    meter._charged = None


cdef void _take_anchor(Run *run, double now) noexcept:
    run.anchor_thread = PyThread_get_thread_ident()
    run.anchor = unpoison_thread_time()
    run.anchored = now


# --- what the guest's code asks before it goes on ---

cdef void *_ticked(void *context, void *data, uint64_t *delta, uint8_t *kind) noexcept nogil:
    """Be the callback of the epoch: release the GIL, and stop the guest at its limits.

    include/wasmtime/store.h, wasmtime_store_epoch_deadline_callback.
    """
    cdef Run *run = <Run *>data
    delta[0] = 1
    if run.mode == HELD:
        run.thread_state = PyEval_SaveThread()
        run.mode = RELEASED
    run.stopped = _exceeded(run)
    kind[0] = STOP if run.stopped else CONTINUE
    return NULL


cdef int _exceeded(Run *run) noexcept nogil:
    """Tell which limit is reached, 0 for none."""
    cdef double now = unpoison_monotonic(), passed
    if now >= run.expiry:
        return STOPPED_BY_CLOCK
    if not run.limited or run.inside == 0:
        return 0
    passed = now - run.began
    if passed >= run.wall:
        return STOPPED_BY_CLOCK
    if passed >= run.allowed and unpoison_thread_time() - run.anchor >= run.allowed:
        return STOPPED_BY_CPU
    if run.word is not NULL and passed >= run.near \
            and unpoison_thread_time() - run.anchor >= run.near:
        run.word[0] = NEAR_LIMIT
    if passed >= SIGNALS_AFTER and _is_interrupted(run):
        return STOPPED_BY_CLOCK
    return 0


cdef bint _is_interrupted(Run *run) noexcept nogil:
    """Look for Ctrl-C, which is kept for whoever takes the failure."""
    cdef bint found
    cdef PyGILState_STATE state
    if run.mode == RELEASED:
        PyEval_RestoreThread(run.thread_state)
        found = (<look_t><void *>_look_for_signals)(run.failures)
        run.thread_state = PyEval_SaveThread()
    else:
        state = PyGILState_Ensure()
        found = (<look_t><void *>_look_for_signals)(run.failures)
        PyGILState_Release(state)
    return found


cdef bint _look_for_signals(PyObject *failures) noexcept:
    try:
        PyErr_CheckSignals()
    except BaseException as error:
        (<list>failures).append(error)
        return True
    return False


# --- the raw call ---

cdef class Caller:
    """Calls one function of one store on given slots, within the limits of its meter."""

    cdef call_unchecked_t _call
    cdef void *_context
    cdef uint64_t[3] _function
    cdef void *_slots
    cdef size_t _count
    cdef void **_trap
    cdef Meter _meter
    cdef object _kept

    def __init__(
        self,
        uintptr_t call,
        uintptr_t context,
        uintptr_t function,
        uintptr_t slots,
        size_t count,
        uintptr_t trap,
        Meter meter,
        object kept,
    ):
        self._call = <call_unchecked_t>call
        self._context = <void *>context
        memcpy(self._function, <const void *>function, sizeof(self._function))
        self._slots = <void *>slots
        self._count = count
        self._trap = <void **>trap
        self._meter = meter
        self._kept = kept

    def __call__(self):
        cdef void *error = NULL
        if not _run(self, &error):
            _reraise()
        return None if error is NULL else <uintptr_t>error


cdef inline bint _run(Caller caller, void **error) noexcept:
    """Make the call; False, with an error set, when nothing could stop it."""
    cdef Run *run = &caller._meter._run
    cdef int outer = run.mode
    cdef void *outer_state = run.thread_state
    if run.inside == 0 and not _begin(caller._meter):
        return False
    run.inside += 1
    run.mode = HELD
    error[0] = caller._call(
        caller._context, caller._function, caller._slots, caller._count, caller._trap
    )
    if run.mode == RELEASED:
        PyEval_RestoreThread(run.thread_state)
    run.mode = outer
    run.thread_state = outer_state
    run.inside -= 1
    if run.inside == 0:
        _end(caller._meter)
    if error[0] is not NULL:
        caller._meter._error = <uintptr_t>error[0]
    return True
