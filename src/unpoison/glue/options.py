"""What a user chooses about the JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Target = Literal["node", "web", "bundler", "module", "worker"]
"""Where the JavaScript runs, which decides how it finds its Wasm module and what it exports.

`node` is CommonJS and starts when it is required. The others are ECMAScript modules: `web` exports
`initSync` and, as its default, an asynchronous `init`; `bundler` has its bindings in `NAME_bg.js`
and a `NAME.js` that imports the Wasm module itself; `module` imports it in the source phase, and
`worker` gets a `WebAssembly.Module` of an import, as workerd gives it.
"""


Isolation = Literal["shared", "exclusive"]
"""Who shares a Wasm instance in a Worker: all, or nobody: an event and an object have their own."""


@dataclass(frozen=True, slots=True)
class GlueOptions:
    """How the JavaScript of one module is made.

    `name` is the stem of the files: the Wasm module is `NAME_bg.wasm` beside the JavaScript.
    `reset_state` exports `__wbg_reset_state`, which starts a fresh instance; `renew_after_abort`
    does that by itself before the next call, also where panics are aborts. `weak_refs` frees what
    JavaScript has collected. `typescript` says that `NAME.d.ts` is there. With `factory`, of target
    `worker`, the module exports one function, `make`: each call of it gives an object with what
    would be exported, over an instance of its own, and `$now`, which renews an instance that is due
    and gives its number. Globals that `make` is given replace those of the host; the function that
    it is given is called when an instance has died or is replaced.
    """

    name: str
    reset_state: bool = False
    renew_after_abort: bool = False
    weak_refs: bool = True
    typescript: bool = True
    factory: bool = False
