"""The v0 mangling; expected texts are those of rustc-demangle 0.1.28, `{:#}` (its own tests)."""

from __future__ import annotations

import time

import pytest

from unpoison.symbols import demangle
from unpoison.symbols.v0 import MAX_DEPTH

PATHS = [
    ("_RNvC6_123foo3bar", "123foo::bar"),
    ("_RC4f128", "f128"),
    ("_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
     "utf8_idents::საჭმელად_გემრიელი_სადილი"),
    ("_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}"),
    ("_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8Iterator"
     "9rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_",
     "<core::slice::Iter<u8> as core::iter::iterator::Iterator>::rposition::"
     "<core::slice::memchr::memrchr::{closure#1}>::{closure#0}"),
    ("_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_E"
     "Cs1iopQbuBiw2_3std",
     "alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>"),
    ("_RNvMNtCs5CcWRJzwAYz_4core6optionINtB2_6OptionFwTlEEuE6unwrapCsiksvdpJ6Jnj_14splat_mangling",
     "<core::option::Option<fn(#[splat] (i32,))>>::unwrap"),
    ("_RC3foo.llvm.9D1C9369", "foo"),
    ("_RNvC9backtrace3foo.llvm.A5310EB9", "backtrace::foo"),
    ("_RNvNtNtNtNtCs92dm3009vxr_4rand4rngs7adapter9reseeding4fork23FORK_HANDLER_REGISTERED.0.0",
     "rand::rngs::adapter::reseeding::fork::FORK_HANDLER_REGISTERED.0.0"),
]  # fmt: skip

TYPES = [
    ("DNtC5krate5Traitp1NKj0_EL_", "dyn krate::Trait<N = 0>"),
    ("WmRm1_m9_", "u32 is 1..=9"),
    ("WmORm1_m2_Rm5_m6_E", "u32 is 1..=2 | 5..=6"),
    ("INtC8arrayvec8ArrayVechKj7b_E", "arrayvec::ArrayVec<u8, 123>"),
    ("FUKCmEu", 'unsafe extern "C" fn(u32)'),
    ("FK7C_cwasmeEb", 'extern "C-cwasm" fn(str) -> bool'),
    ("FG_RL0_hEu", "for<'a> fn(&'a u8)"),
    ("QSh", "&mut [u8]"),
    ("PAhj4_", "*const [u8; 4]"),
    ("TE", "()"),
    ("ThE", "(u8,)"),
]

CONSTS = [
    ("p", "_"),
    ("hb_", "11"),
    ("off00ff00ff00ff00ff_", "0xff00ff00ff00ff00ff"),
    ("s98_", "152"),
    ("anb_", "-11"),
    ("b0_", "false"),
    ("b1_", "true"),
    ("c76_", "'v'"),
    ("ca_", "'\\n'"),
    ("c2202_", "'∂'"),
    ("e616263_", '{*"abc"}'),
    ("e27_", '{*"\'"}'),
    ("Re090a_", '"\\t\\n"'),
    ("Rh7b_", "{&123}"),
    ("RRRe_", '{&&""}'),
    ("QAE", "{&mut []}"),
    ("Ah1_h2_h3_E", "{[1, 2, 3]}"),
    ("Tj0_E", "{(0,)}"),
    ("TRe616263_c78_RAh1_h2_h3_EE", "{(\"abc\", 'x', &[1, 2, 3])}"),
    ("VNvINtNtC4core6option6OptionjE4SomeTj0_E", "{core::option::Option::<usize>::Some(0)}"),
    (
        "VNtC3foo3BarS1sRe616263_2chc78_5sliceRAh1_h2_h3_EE",
        "{foo::Bar { s: \"abc\", ch: 'x', slice: &[1, 2, 3] }}",
    ),
]


@pytest.mark.parametrize(("symbol", "name"), PATHS)
def test_paths(symbol: str, name: str) -> None:
    assert demangle(symbol) == name


@pytest.mark.parametrize(("mangled", "name"), TYPES)
def test_types(mangled: str, name: str) -> None:
    assert demangle(f"_RMC0{mangled}") == f"<{name}>"


@pytest.mark.parametrize(("mangled", "value"), CONSTS)
def test_consts(mangled: str, value: str) -> None:
    assert demangle(f"_RIC0K{mangled}E") == f"::<{value}>"


@pytest.mark.parametrize(
    "symbol",
    [
        "_RMC0WmORm1_m2_Rm5_m6_",  # an open list
        "_RIC0Kb2_E",  # a bool of 2
        "_RIC0Kcd800_E",  # half a surrogate pair
        "_RIC0B9_E",  # a reference forward
        "_RMC0RL0_h",  # a lifetime that nothing binds
        "_RN1C3foo3bar",  # a namespace is a letter
        "_RNvC3foo9bar",  # a name that ends early
        "_RNvC3foos!_3bar",  # a number in base 62
        "_RNvC3foo99999999999bar",  # a length beyond any text
        "_RMC0FKs_1CEu",  # an ABI has no number
        "_RIC0" + "R" * (MAX_DEPTH + 1) + "hE",
        "_RIC20tRYIMYNRYFG05_EB5_B_B6_" + "R" * 100 + "B_E",
    ],
)
def test_what_is_wrong_or_beyond_a_limit_comes_back_as_it_is(symbol: str) -> None:
    assert demangle(symbol) == symbol


def test_references_that_double_the_text_thirty_times_end_at_once() -> None:
    symbol = "_RMC0" + "T" * 30 + "p" + "".join(f"B{_base_62(32 - n)}_E" for n in range(30))
    began = time.monotonic()
    assert demangle(symbol) == symbol
    assert time.monotonic() - began < 2


def _base_62(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return digits[number - 1]
