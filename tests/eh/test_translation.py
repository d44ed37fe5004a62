"""What a translated module does: the legacy proposal's rules, one by one, run on wasmtime."""

from __future__ import annotations

import pytest
import wasmtime

from tests.eh.flat_text import assemble
from unpoison.eh import Dialect, dialect_of, to_exnref


def run(text: str, *arguments: int) -> object:
    """Translate a module, call its `main`, give what that returns."""
    legacy = assemble(text)
    assert dialect_of(legacy) is Dialect.LEGACY
    translated = to_exnref(legacy)
    assert dialect_of(translated) is Dialect.EXNREF
    assert to_exnref(translated) is translated
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, translated), [])
    main = instance.exports(store)["main"]
    assert isinstance(main, wasmtime.Func)
    return main(store, *arguments)


# try, catch, catch_all


def test_a_try_that_ends_well_gives_its_results() -> None:
    text = """
        func main -> i32
          try i32
            i32.const 1
          catch $int
            drop
            i32.const 2
          catch_all
            i32.const 3
          end
    """
    assert run(text) == 1


def test_a_catch_gets_the_values_of_the_exception() -> None:
    text = """
        func main -> i32,i64
          try i32,i64
            i32.const 7
            i64.const 8
            throw $pair
          catch $pair
          end
    """
    assert run(text) == [7, 8]


@pytest.mark.parametrize(("choice", "caught"), [(0, 10), (1, 20), (2, 30)])
def test_the_clause_of_the_thrown_tag_runs(choice: int, caught: int) -> None:
    text = """
        func main i32 -> i32
          try i32
            block
              block
                local.get 0
                br_table 0 1
              end
              throw $empty
            end
            local.get 0
            i32.const 1
            i32.eq
            if
              i32.const 5
              throw $int
            end
            i64.const 6
            throw $long
          catch $empty
            i32.const 10
          catch $int
            drop
            i32.const 20
          catch $long
            drop
            i32.const 30
          end
    """
    assert run(text, choice) == caught


def test_the_first_of_two_clauses_for_one_tag_runs() -> None:
    text = """
        func main -> i32
          try i32
            i32.const 5
            throw $int
          catch $int
          catch $int
            drop
            i32.const 6
          end
    """
    assert run(text) == 5


def test_an_exception_that_no_clause_names_reaches_the_try_around() -> None:
    text = """
        func main -> i32
          try i32
            try
              i32.const 5
              throw $int
            catch $empty
            end
            i32.const 1
          catch $int
          end
    """
    assert run(text) == 5


def test_a_try_without_clauses_catches_nothing() -> None:
    text = """
        func main -> i32
          try i32
            try
              i32.const 5
              throw $int
            end
            i32.const 1
          catch $int
          end
    """
    assert run(text) == 5


def test_an_exception_of_a_callee_is_caught_and_leaves_operands_below_alone() -> None:
    text = """
        func thrower i32 ->
          local.get 0
          throw $int
        func main -> i32
          i32.const 100
          try i32
            i32.const 1
            i32.const 2
            i32.const 5
            call thrower
            drop
            drop
            i32.const 6
          catch $int
          end
          i32.sub
    """
    assert run(text) == 95


def test_a_try_takes_operands_which_its_handlers_do_not_see() -> None:
    text = """
        func main i32 -> i32
          i32.const 1000
          i32.const 1
          local.get 0
          try i32,i32->i32
            if i32->i32
              throw $int
            end
          catch $int
            i32.const 50
            i32.add
          end
          i32.add
    """
    assert run(text, 0) == 1001
    assert run(text, 1) == 1051


def test_an_exception_that_nothing_catches_leaves_the_module() -> None:
    text = """
        func main
          try
            i32.const 5
            throw $int
          catch $empty
          end
    """
    with pytest.raises(wasmtime.Trap) as caught:
        run(text)
    assert caught.value.trap_code is None


def test_a_trap_is_not_caught() -> None:
    text = """
        func main
          try
            unreachable
          catch_all
          end
    """
    with pytest.raises(wasmtime.Trap) as caught:
        run(text)
    assert caught.value.trap_code is wasmtime.TrapCode.UNREACHABLE


def test_an_exception_of_a_handler_is_not_caught_by_its_own_try() -> None:
    text = """
        func main -> i32
          try i32
            try i32
              throw $empty
            catch $empty
              i32.const 5
              throw $int
            catch $int
              drop
              i32.const 1
            catch_all
              i32.const 2
            end
          catch $int
          end
    """
    assert run(text) == 5


# rethrow


def test_a_rethrow_throws_the_same_exception() -> None:
    text = """
        func main -> i32
          try i32
            try i32
              i32.const 5
              throw $int
            catch $int
              drop
              rethrow 0
            end
          catch $int
          end
    """
    assert run(text) == 5


def test_catch_all_rethrows_what_it_cannot_name() -> None:
    text = """
        func main -> i32
          try i32
            try i32
              i32.const 5
              throw $int
            catch_all
              rethrow 0
            end
          catch $int
          end
    """
    assert run(text) == 5


@pytest.mark.parametrize(("label", "caught"), [(0, 22), (1, 11)])
def test_a_rethrow_names_one_of_the_exceptions_being_handled(label: int, caught: int) -> None:
    text = f"""
        func main -> i32
          try i32
            try i32
              i32.const 11
              throw $int
            catch $int
              drop
              try i32
                i32.const 22
                throw $int
              catch $int
                drop
                rethrow {label}
              end
            end
          catch $int
          end
    """
    assert run(text) == caught


def test_an_inner_handler_keeps_the_outer_exception() -> None:
    text = """
        func main -> i32
          try i32
            try i32
              i32.const 11
              throw $int
            catch $int
              drop
              try                          ;; rethrows its own exception to the try around it
                try
                  i32.const 22
                  throw $int
                catch_all
                  rethrow 0
                end
              catch $int
                drop
              end
              rethrow 0
            end
          catch $int
          end
    """
    assert run(text) == 11


def test_a_rethrow_inside_of_an_inner_do_part_is_caught_there() -> None:
    text = """
        func main -> i32
          try i32
            i32.const 11
            throw $int
          catch $int
            drop
            try i32
              loop
                block
                  rethrow 3                ;; past the block, the loop and the inner try
                end
              end
              i32.const 1
            catch $int
              i32.const 100
              i32.add
            end
          end
    """
    assert run(text) == 111


# delegate


def test_a_delegate_skips_the_tries_between() -> None:
    text = """
        func main -> i32
          try i32
            try i32
              try
                i32.const 5
                throw $int
              delegate 1
              i32.const 1
            catch $int
              drop
              i32.const 2
            end
          catch $int
          end
    """
    assert run(text) == 5


def test_a_delegate_to_the_try_around_it_is_caught_there() -> None:
    text = """
        func main -> i32
          try i32
            try
              i32.const 5
              throw $int
            delegate 0
            i32.const 1
          catch $int
          end
    """
    assert run(text) == 5


def test_a_delegate_to_a_block_goes_to_the_next_try_outside_of_it() -> None:
    text = """
        func main -> i32
          try i32
            block
              try i32
                try
                  i32.const 5
                  throw $int
                delegate 1                 ;; the block
                i32.const 1
              catch $int
                drop
                i32.const 2
              end
              return
            end
            i32.const 3
          catch $int
          end
    """
    assert run(text) == 5


def test_a_delegate_passes_by_a_try_in_its_catch_part() -> None:
    text = """
        func main -> i32
          try i32
            try i32
              throw $empty
            catch $empty
              try i32
                try
                  i32.const 5
                  throw $int
                delegate 1                 ;; the try that handles $empty now
                i32.const 1
              catch $int
                drop
                i32.const 2
              end
            catch $int
              drop
              i32.const 3
            end
          catch $int
          end
    """
    assert run(text) == 5


@pytest.mark.parametrize("tag", ["$int", "$pair"])
def test_a_delegate_tries_every_handler_from_its_target_on(tag: str) -> None:
    text = f"""
        func main -> i32
          try i32                          ;; handles $pair
            try i32                        ;; handles $int
              try i32
                try
                  i32.const 5
                  i64.const 6
                  {"drop" if tag == "$int" else ""}
                  throw {tag}
                delegate 1
                i32.const 1
              catch_all
                i32.const 2
              end
            catch $int
              i32.const 100
              i32.add
            end
          catch $pair
            drop
            i32.const 200
            i32.add
          end
    """
    assert run(text) == (105 if tag == "$int" else 205)


def test_a_delegate_follows_a_delegate() -> None:
    text = """
        func main -> i32
          try i32
            try i32
              try                          ;; sends everything to the outermost
                try
                  try
                    i32.const 5
                    throw $int
                  delegate 1
                catch_all
                  unreachable
                end
              delegate 1
              i32.const 1
            catch $int
              drop
              i32.const 2
            end
          catch $int
          end
    """
    assert run(text) == 5


def test_a_delegate_to_the_function_is_caught_by_the_caller() -> None:
    text = """
        func thrower i32 -> i32
          try i32
            try
              local.get 0
              if
                i32.const 5
                throw $int
              end
            delegate 1
            i32.const 1
          catch_all
            i32.const 2
          end
        func main i32 -> i32
          try i32
            local.get 0
            call thrower
          catch $int
          end
    """
    assert run(text, 0) == 1
    assert run(text, 1) == 5


def test_branches_to_the_function_still_return_from_one_that_delegates_to_its_caller() -> None:
    text = """
        func main i32 -> i32
          block
            local.get 0
            i32.eqz
            br_if 0
            i32.const 3
            br 1
          end
          try
            try
              i32.const 4
              br 2
            delegate 1
          catch_all
          end
          i32.const 1
    """
    assert run(text, 0) == 4
    assert run(text, 1) == 3


def test_a_delegated_exception_can_be_rethrown_by_its_handler() -> None:
    text = """
        func main -> i32
          try i32
            try i32
              try i32
                try
                  i32.const 5
                  throw $int
                delegate 1
                i32.const 1
              catch_all
                i32.const 2
              end
            catch $int
              drop
              rethrow 0
            end
          catch $int
          end
    """
    assert run(text) == 5


# Branches


@pytest.mark.parametrize(("choice", "result"), [(0, 3), (1, 111), (2, 110), (3, 100)])
def test_branches_out_of_the_do_part_keep_their_targets(choice: int, result: int) -> None:
    text = """
        func main i32 -> i32
          local i32
          block
            block
              try
                block
                  local.get 0
                  br_table 0 1 2 3         ;; the block, the try, the blocks around it
                end
                i32.const 3
                return
              catch_all
              end
              i32.const 1
              local.set 1
            end
            local.get 1
            i32.const 10
            i32.add
            local.set 1
          end
          local.get 1
          i32.const 100
          i32.add
    """
    assert run(text, choice) == result


@pytest.mark.parametrize(("choice", "result"), [(0, 115), (1, 111), (2, 110), (3, 100)])
def test_branches_out_of_a_catch_part_keep_their_targets(choice: int, result: int) -> None:
    text = """
        func main i32 -> i32
          local i32
          block
            block
              try
                throw $empty
              catch $int
                drop
              catch $empty
                block
                  local.get 0
                  br_table 0 1 2 3         ;; the block, the try, the blocks around it
                end
                i32.const 4
                local.set 1
              catch_all
              end
              local.get 1
              i32.const 1
              i32.add
              local.set 1
            end
            local.get 1
            i32.const 10
            i32.add
            local.set 1
          end
          local.get 1
          i32.const 100
          i32.add
    """
    assert run(text, choice) == result


def test_a_branch_after_an_inner_try_has_ended_in_a_catch_part() -> None:
    text = """
        func main -> i32
          block i32
            try
              throw $empty
            catch $empty
              try
                throw $empty
              catch $empty
              end
              i32.const 5
              br 1
            end
            i32.const 1
          end
    """
    assert run(text) == 5


def test_a_catch_part_repeats_a_loop_around_its_try() -> None:
    text = """
        func main i32 -> i32
          local i32
          loop
            try
              local.get 0
              i32.eqz
              if
                local.get 1
                return
              end
              local.get 0
              throw $int
            catch $int
              local.get 1
              i32.add
              local.set 1
              local.get 0
              i32.const 1
              i32.sub
              local.set 0
              br 1
            end
          end
          i32.const -1
    """
    assert run(text, 4) == 10


# Tail calls, dead code, sizes


def test_a_tail_call_leaves_the_try_first() -> None:
    text = """
        func thrower -> i32
          i32.const 5
          throw $int
        func inner -> i32
          try i32
            return_call thrower
          catch $int
            drop
            i32.const 1
          end
        func main -> i32
          try i32
            call inner
          catch $int
          end
    """
    assert run(text) == 5


def test_dead_tries_rethrows_and_delegates_are_translated() -> None:
    text = """
        func main -> i32
          i32.const 5
          return
          try i32
            throw $empty
            try
              unreachable
              i32.add
              i64.extend_i32_s
              throw $long
            delegate 0
          catch $int
            br 0
            rethrow 0
          catch_all
            rethrow 0
            i32.const 2
          end
    """
    assert run(text) == 5


def test_locals_and_types_of_more_than_one_byte() -> None:
    fillers = "\n".join(f"func filler{n} {','.join(['i64'] * (n + 5))} ->" for n in range(70))
    text = f"""
        func main i32 -> i32
          local {"i64 " * 200}
          try i32
            local.get 0
            i64.const 9
            try i32,i64->i32
              throw $pair
            catch $pair
              rethrow 0
            end
          catch $pair
            drop
          end
        {fillers}
    """
    assert run(text, 5) == 5


def test_an_exception_is_rethrown_through_many_nested_tries() -> None:
    depth = 100
    opened, closed = "try i32\n" * depth, "catch_all\n rethrow 0\n end\n" * depth
    text = f"""
        func main -> i32
          try i32
            {opened}
            i32.const 5
            throw $int
            {closed}
          catch $int
          end
    """
    assert run(text) == 5
