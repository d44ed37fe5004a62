// Closures of every kind, and functions of the host in Rust, on the crate `closures`.
let given = [];
const alive = []; // so that nothing is dropped by a collection
const live = f => (alive.push(f), f);
let fails = null;
const call = (f, number) => {
    if (fails) throw fails;
    given.push(f);
    return f == null ? undefined : f(number);
};
const KINDS = ['new', 'own', 'own_assert_unwind_safe', 'wrap', 'wrap_assert_unwind_safe', 'none'];
const ABORTING = ['own_aborting', 'wrap_aborting'];
const ONCE = ['once', 'once_assert_unwind_safe', 'once_into_js'];
const LENT = ['borrow', 'borrow_assert_unwind_safe', 'borrow_aborting', 'dyn Fn', '&Closure',
    'Option<&Closure>', 'None', 'borrow_mut', 'borrow_mut_assert_unwind_safe', 'borrow_mut_aborting',
    'dyn FnMut', 'Closure', 'nothing'];

return {
    imports: {
        host: {
            OLD: 'old',
            call,
            callOptional: call,
            again: number => given[given.length - 1](number),
            plain: number => ({ number: number + 40 }),
            sum: (one, other) => one + other,
            exported_again: number => number * 2,
        },
    },
    cases: {
        'attributes': g => see(g.attributes()),
        'closures that are shared': g => {
            for (const kind of [...KINDS, ...ABORTING]) {
                const f = live(g.make(kind));
                see(kind, typeof f);
                attempt(() => [f(1), f(5), f(1)]);
            }
            see(g.drops());
        },
        'closures that change': g => {
            for (const kind of [...KINDS, ...ABORTING]) {
                const f = live(g.make_mut(kind));
                attempt(() => [f(1), f(5), f(1)]);
            }
            see(g.drops());
        },
        'closures that can be called once': g => {
            for (const kind of [...ONCE, 'once_aborting']) {
                const f = live(g.make_once(kind));
                attempt(() => f(1));
                attempt(() => f(1));
                see(g.drops());
            }
        },
        'closures that panic': g => {
            for (const make of [g.make, g.make_mut]) {
                for (const kind of KINDS.slice(0, -1)) {
                    const f = live(make(kind));
                    attempt(() => f(13));
                    attempt(() => f(1));
                }
            }
            for (const kind of ONCE) {
                const f = live(g.make_once(kind));
                attempt(() => f(13));
                attempt(() => f(1));
            }
            see(g.drops());
        },
        'a closure that panics where that aborts': g => {
            const f = g.make('own_aborting');
            see(f(1));
            attempt(() => f(13));
            attempt(() => f(1));
            attempt(() => g.drops());
        },
        'closures that are lent': g => {
            for (const kind of LENT) {
                given = [];
                attempt(() => Array.from(g.lend(kind, 4)));
                see(kind, given.length, g.drops());
                attempt(() => given[0] && given[0](1));
            }
        },
        'closures that are lent to a host that fails': g => {
            for (const kind of LENT) {
                fails = new RangeError('far');
                attempt(() => Array.from(g.lend(kind, 4)));
                fails = null;
                see(kind, g.drops());
            }
        },
        'closures that panic while they are lent': g => {
            for (const kind of LENT.filter(each => !each.endsWith('aborting'))) {
                given = [];
                attempt(() => Array.from(g.lend(kind, ['borrow', 'borrow_mut', 'dyn FnMut'].includes(kind) ? 0 : 13)));
                see(kind, g.drops());
            }
        },
        'closures that give results and options': g => {
            const half = g.fallible(), text = g.fallible_text(), maybe = g.optional(), upper = g.optional_text();
            attempt(() => half(4));
            attempt(() => half(3));
            attempt(() => text(4));
            attempt(() => text(3));
            see(maybe(4), maybe(3), maybe(), maybe(null), upper('aß'), upper(), upper(null), upper(''));
            const is = g.by_reference();
            see(is(undefined), is(null), is());
        },
        'closures of every number of parameters': g => {
            for (let count = 0; count <= 8; count++) {
                const f = g.of_parameters(count);
                see(f(), f(1, 2, 3, 4, 5, 6, 7, 8, 9), f(...[null, undefined]));
            }
            see(g.of_parameters(9));
        },
        'functions of the host in Rust': g => {
            const list = (...values) => values;
            for (let count = 0; count <= 9; count++) attempt(() => g.call_with(list, null, count));
            const who = function (...values) { return [this, ...values]; };
            const me = { me: 1 };
            attempt(() => g.call_with(who, me, 2));
            attempt(() => g.apply(who, me, [1, , 3]));
            attempt(() => g.apply(list, null, []));
            attempt(() => g.bind(who, me, 2)(3));
            attempt(() => g.bind(list, null, 0)());
            attempt(() => g.bind(g.bind(who, me, 1), null, 2)());
            attempt(() => g.call_with(() => { throw me; }, null, 0));
            attempt(() => g.caught(() => { throw me; }) === me);
            attempt(() => g.caught(() => 1));
            attempt(() => g.caught(() => { throw undefined; }));
            see(g.call_if_function(() => 5), g.call_if_function(5), g.call_if_function(null));
        },
        'what a function is to Rust': g => {
            const named = function name(a, b) {};
            see(g.describe(named), g.describe(() => 1), g.describe(Math.max), g.describe(Map));
            see(g.describe((a, ...b) => 1), g.describe(class_like));
            see(Array.from(g.same(named, named)), Array.from(g.same(named, () => 1)));
            see(g.mark(named, 'extra', 5), named.extra);
            see(g.source(Math.max), g.source(Map));
            function class_like(x) { this.x = x; }
        },
        'closures of Rust as functions of Rust': g => {
            const f = g.make('new');
            attempt(() => g.call_with(f, null, 1));
            attempt(() => g.bind(f, null, 1)());
            see(Array.from(g.same(f, f)), g.mark(f, 'x', 1), f.x);
            attempt(() => [1, 2].map(g.make_mut('new')));
            attempt(() => g.call_with(g.of_parameters(2), null, 9));
        },
        'a closure that Rust keeps': g => {
            const f = g.keep();
            see(f(1), f === g.kept(), g.drops());
            g.drop_kept();
            see(g.drops(), g.kept());
            attempt(() => f(1));
            see(g.forget()(1), g.drops());
            const gone = g.dropped();
            see(g.drops());
            attempt(() => gone(1));
        },
        'a closure that drops itself': g => {
            const f = g.suicidal();
            attempt(() => f(1));
            see(g.drops());
            attempt(() => f(1));
            const p = g.suicidal_panicking();
            attempt(() => p(1));
            see(g.drops());
            attempt(() => p(1));
        },
        'a closure that meets itself': g => {
            const f = g.recursive();
            given = [f];
            attempt(() => f(4));
            const m = g.recursive_mut();
            given = [m];
            attempt(() => m(0));
        },
        'a closure that changes and meets itself': g => {
            const m = g.recursive_mut();
            given = [m];
            attempt(() => m(2));
            attempt(() => m(0));
        },
        'closures with a wrong argument': g => {
            const f = g.fallible();
            attempt(() => g.make('new')('4'));
            attempt(() => f(undefined));
            attempt(() => g.caught(g.make('new')) === undefined);
        },
    },
};
