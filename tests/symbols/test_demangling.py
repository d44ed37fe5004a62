"""Rust names; expected texts are those of rustc-demangle 0.1.28 with `{:#}` (its own tests)."""

from __future__ import annotations

import pytest

from fuzz.symbols import check
from unpoison.symbols import demangle

LEGACY = [
    ("_ZN4testE", "test"),
    ("_ZN4test1a2bcE", "test::a::bc"),
    ("_ZN4$RP$E", ")"),
    ("_ZN8$RF$testE", "&test"),
    ("_ZN9$u20$test4foobE", " test::foob"),
    ("_ZN35Bar$LT$$u5b$u32$u3b$$u20$4$u5d$$GT$E", "Bar<[u32; 4]>"),
    ("_ZN13_$LT$test$GT$E", "<test>"),
    ("_ZN28_$u7b$$u7b$closure$u7d$$u7d$E", "{{closure}}"),
    ("_ZN15__STATIC_FMTSTRE", "__STATIC_FMTSTR"),
    (
        "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3barE",
        "<Test + 'static as foo::Bar<Test>>::bar",
    ),
    ("_ZN3foo17h05af221e174051e9E", "foo"),
    ("_ZN3fooE", "foo"),
    ("_ZN3foo20h05af221e174051e9abcE", "foo"),
    ("_ZN3foo5h05afE", "foo"),
    ("_ZN17h05af221e174051e93fooE", "h05af221e174051e9::foo"),
    ("_ZN3foo16ffaf221e174051e9E", "foo::ffaf221e174051e9"),
    ("_ZN3foo17hg5af221e174051e9E", "foo::hg5af221e174051e9"),
    ("_ZN3fooE.llvm.9D1C9369", "foo"),
    ("_ZN9backtrace3foo17hbb467fcdaea5d79bE.llvm.A5310EB9", "backtrace::foo"),
    (
        "_ZN11issue_609253foo37Foo$LT$issue_60925..llv$u6d$..Foo$GT$3foo17h059a991a004536adE",
        "issue_60925::foo::Foo<issue_60925::llvm::Foo>::foo",
    ),
    (
        "_ZN88_$LT$core..result..Result$LT$$u21$$C$$u20$E$GT$$u20$as$u20$std..process.."
        "Termination$GT$6report17hfc41d0da4a40b3e8E",
        "<core::result::Result<!, E> as std::process::Termination>::report",
    ),
]


@pytest.mark.parametrize(("symbol", "name"), LEGACY)
def test_legacy_mangling(symbol: str, name: str) -> None:
    assert demangle(symbol) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "test",
        "__wbindgen_malloc",
        "_ZN4test",
        "_ZNfooE",
        "_ZN3fooE.llvm moocow",
        "_ZN",
        "_R",
        "_RNvC",
        "memcpy",
        "_ZN2222222222222222222222EE",
        "_ZN5*70527e27.ll34csaғE",
        "_start",
    ],
)
def test_what_is_no_rust_symbol_comes_back_as_it_is(name: str) -> None:
    assert demangle(name) == name


def test_a_name_that_the_linker_demangled_loses_its_hash() -> None:
    assert demangle("core::fmt::write::h0123456789abcdef") == "core::fmt::write"


@pytest.mark.parametrize("seed", range(100))
def test_any_text_is_demangled_or_comes_back(seed: int) -> None:
    check(seed)
