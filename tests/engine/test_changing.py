"""Globals and tables go back to what they were, bit by bit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.guest import Guest
from unpoison.engine.changing import Changing

SOURCE = """(module
  (global (export "c0") (mut i32) (i32.const -1))
  (global (export "c1") (mut i64) (i64.const 0x8000000000000001))
  (global (export "c2") (mut f32) (f32.const nan:0x200001))
  (global (export "c3") (mut f64) (f64.const nan:0x4000000000001))
  (global (export "c4") (mut v128) (v128.const i64x2 1 -2))
  (global (export "c5") (mut funcref) (ref.func $one))
  (table (export "c6") 3 funcref)
  (elem (i32.const 0) func $one $two)
  (type $gives (func (result i32)))
  (func $one (type $gives) i32.const 1)
  (func $two (type $gives) i32.const 2)
  (func (export "change")
    (global.set 0 (i32.const 5)) (global.set 1 (i64.const 5)) (global.set 2 (f32.const 5))
    (global.set 3 (f64.const 5)) (global.set 4 (v128.const i64x2 5 5))
    (global.set 5 (ref.null func))
    (table.set 0 (i32.const 0) (ref.func $two)) (table.set 0 (i32.const 1) (ref.func $one))
    (table.set 0 (i32.const 2) (ref.func $one)))
  (func (export "same") (result i32)
    (i32.and (i32.eq (global.get 0) (i32.const -1))
    (i32.and (i64.eq (global.get 1) (i64.const 0x8000000000000001))
    (i32.and (i32.eq (i32.reinterpret_f32 (global.get 2)) (i32.const 0x7fa00001))
    (i32.and (i64.eq (i64.reinterpret_f64 (global.get 3)) (i64.const 0x7ff4000000000001))
    (i32.and (i64.eq (i64x2.extract_lane 0 (global.get 4)) (i64.const 1))
    (i32.and (i64.eq (i64x2.extract_lane 1 (global.get 4)) (i64.const -2))
    (i32.and (i32.eqz (ref.is_null (global.get 5)))
    (i32.and (i32.eq (call_indirect (type $gives) (i32.const 0)) (i32.const 1))
    (i32.and (i32.eq (call_indirect (type $gives) (i32.const 1)) (i32.const 2))
      (ref.is_null (table.get 0 (i32.const 2)))))))))))))
)"""


Make = Callable[..., Guest]


def changing(guest: Guest) -> Changing:
    return guest.exports.changing("c", 6, 1)


def test_all_is_put_back_any_number_of_times(guest: Make) -> None:
    made = guest(SOURCE)
    all_of_it = changing(made)
    saved = all_of_it.save()
    for _ in range(3):
        made.call("change")
        assert made.call("same") == 0
        all_of_it.put_back(saved)
        assert made.call("same") == 1


def test_a_name_that_is_not_there(guest: Make) -> None:
    with pytest.raises(KeyError):
        guest(SOURCE).exports.changing("c", 8, 0)
