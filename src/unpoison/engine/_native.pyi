class Caller:
    """Calls the wasmtime_func_t at `function` on `slots`, all of them given as addresses.

    `call` is the address of wasmtime_func_call_unchecked. `kept` is held as long as the caller:
    what owns the slots and the trap cell. The store must outlive every call. The result of a call
    is None, or the address of a wasmtime_error_t, which the one who called then owns.
    """

    def __init__(
        self,
        call: int,
        context: int,
        function: int,
        slots: int,
        count: int,
        trap: int,
        kept: object,
    ) -> None: ...
    def __call__(self) -> int | None: ...
