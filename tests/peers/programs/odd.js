// What is rarely combined, on the crate `odd`.
function Lamp(...powers) {
    if (powers.length === 0) throw new RangeError('no power');
    this.own = powers.reduce((sum, each) => sum + each, 0);
}
Object.defineProperty(Lamp.prototype, 'power', {
    get() { return this.own; },
    set(power) {
        if (power > 1000) throw new RangeError('too bright');
        this.own = power;
    },
    configurable: true,
});
Lamp.prototype.describe = function (...words) {
    if (words[0] === 'throw') throw new TypeError('no words');
    return words.join('/') + ' of ' + this.power;
};
Lamp.make = function (power) { return power ? new this(power, power) : undefined; };
Object.defineProperty(Lamp, 'count', { get() { return 12; } });
const Torch = { make: power => 'torch ' + power };

function Base(name) { this.name = name; }
Base.prototype.who = function () { return 'base ' + this.name; };
function Middle(name) { Base.call(this, name); }
Object.setPrototypeOf(Middle.prototype, Base.prototype);
Middle.prototype.who = function () { return 'middle ' + this.name; };
function Leaf(name) { Middle.call(this, name); }
Object.setPrototypeOf(Leaf.prototype, Middle.prototype);
Leaf.prototype.who = function () { return 'leaf ' + this.name; };

function Fancy(n) { this.n = n; }
Object.defineProperty(Fancy.prototype, 'size', { get() { return this.n * 2; } });
Fancy.make = function (n) {
    if (n > 10) throw 'too fancy';
    return new Fancy(n + 1);
};

function Tool() {}
Object.defineProperty(Tool, Symbol.hasInstance, { value: value => value === 'tool' });
let species = 'first';
Object.defineProperty(Tool, Symbol.species, {
    get() { return species; },
    set(value) { species = value; },
});

function Bag(first) { this.items = [first]; }
Bag.prototype.put = function (value) {
    this.items.push(value);
    return this.items.length;
};
Object.defineProperty(Bag.prototype, 'last', {
    get() { return this.items[this.items.length - 1]; },
});

function Grid() {}
Grid.prototype['apply-all'] = function (first, ...rest) {
    see('applied', first, ...rest);
    return this;
};

let given = {};
const lent = { kept: undefined };
const ask = (name, usual) => (...values) => (name in given ? given[name](...values) : usual(...values));
const same = value => value;
const rejected = why => Promise.reject(why);

return {
    imports: {
        Lamp, Base, Middle, Leaf, Tool, Bag,
        mozFancy: Fancy,
        tools: { [Symbol.search]: text => text.length },
        generic: {
            same: ask('same', same),
            pair: (first, second) => {
                see(first, second);
                if (first === 'throw') throw new RangeError('far');
                return second;
            },
            tell: value => see('told', value),
            plain: value => value + 1,
            later: value => Promise.resolve(value),
        },
        very: {
            deep: {
                Lamp, Torch,
                join: (separator, ...parts) => {
                    if (parts.length > 3) throw new RangeError('too many');
                    return parts.map(each => String(each)).join(separator);
                },
                'sum-of': (first, ...rest) => {
                    if (rest.length > 3) throw 'too many';
                    return rest.reduce((sum, each) => sum + each, first);
                },
                LEVEL: 3,
            },
        },
        ends: {
            level: ask('level', same),
            maybe_level: ask('maybe_level', same),
            mode: ask('mode', same),
            maybe_mode: ask('maybe_mode', same),
            letter: ask('letter', same),
            small: ask('small', same),
            long: ask('long', same),
            wide: ask('wide', same),
        },
        calls: {
            with_token: ask('with_token', same),
            with_closure: ask('with_closure', work => 0),
            with_mut: ask('with_mut', work => work(1)),
            with_result: ask('with_result', work => work(4)),
        },
        onTop: value => value * 10,
        Grid,
        wishes: {
            WORDS: ['a', '', 'é😀'],
            BIG: 18446744073709551615n,
            CALL: value => value + 1,
            maybe_texts: (first, rest) => {
                see(first, rest);
                return first === undefined ? undefined : [first, ...rest];
            },
            maybe_token: ask('maybe_token', same),
            modes: ask('modes', same),
            many: (...values) => values.map(each => String(each)).join(';'),
            nothing: (...values) => see(values),
            with_text: work => work('é😀x'),
            with_bytes: work => [work(new Uint8Array([1, 255]), 2), work(new Uint8Array(0), undefined)],
            with_eight: work => work(255, -128, 65535, -32768, 4294967295, -2147483648, 0.5, 0.25),
            with_closure: ask('with_closure', work => work(5)),
            take_closure: ask('take_closure', work => undefined),
        },
        waits: {
            text: ask('text', value => Promise.resolve(value + '!')),
            number: ask('number', value => Promise.resolve(value)),
            setTimeout: (callback, ms) => setTimeout(callback, ms),
        },
    },
    cases: {
        // --- symbols ---
        'an exported class is iterable': g => {
            const c = new g.Countdown(3);
            see(Array.from(c), [...c].length, Math.max(...c));
            for (const each of c) {
                see(each);
                if (each === 2) break;
            }
            const [first, second, , fourth] = c;
            see(first, second, fourth);
            see(typeof c[Symbol.iterator], Symbol.iterator in c, new Set(c).size);
            see(new Map([[1, c]]).get(1) === c);
            attempt(() => [...new g.Countdown(0)]);
        },
        'its iterator is an object of Rust': g => {
            const steps = new g.Countdown(1)[Symbol.iterator]();
            see(steps);
            const step = steps.next();
            see(step, step.value, step.done);
            see(steps.next().done);
            step.free();
            attempt(() => step.value);
        },
        'an exported class is async iterable': async g => {
            const c = new g.Countdown(2);
            for await (const each of c) see(each);
            see(typeof c[Symbol.asyncIterator]);
        },
        'an exported class says what it is as a primitive': g => {
            const c = new g.Countdown(7);
            see(+c, `${c}`, c + 1, c * 2, String(c), c == 7, c > 6);
        },
        'an exported class has a tag': g => {
            const c = new g.Countdown(1);
            see(c[Symbol.toStringTag], Object.prototype.toString.call(c));
            c[Symbol.toStringTag] = 'Other';
            see(Object.prototype.toString.call(c), g.retag(c, 'Third'), c[Symbol.toStringTag]);
            see(g.shown(new g.Countdown(1)).startsWith('Countdown'));
        },
        'the dispose symbol is free': g => {
            const c = new g.Countdown(1);
            see(c[Symbol.dispose] === c.free, c.$closed);
            c[Symbol.dispose]();
            attempt(() => c.$closed);
        },
        'the async dispose symbol is the method': async g => {
            const c = new g.Countdown(4);
            await attempt(() => c[Symbol.asyncDispose]());
            attempt(() => c.$closed);
        },
        'members under names that Python has not': g => {
            const c = new g.Countdown(4);
            see(c.pass(), c._secret(), c.$closed, 'pass' in c, '_secret' in c, '$closed' in c);
            c.$closed = true;
            see(c.$closed);
            see(g.Countdown.of$two().pass());
        },
        'statics under symbols': g => {
            see(g.Countdown[Symbol.species], 5 instanceof g.Countdown, 6 instanceof g.Countdown);
            see(typeof g.Countdown[Symbol.hasInstance]);
        },
        'Rust walks over values of the host': g => {
            attempt(() => g.walk_over([1, 'a', null]));
            attempt(() => g.walk_over(new Map([[1, 2]])));
            attempt(() => g.walk_over('é😀'));
            attempt(() => g.walk_over({ [Symbol.iterator]: () => [5][Symbol.iterator]() }));
            attempt(() => g.walk_over(new g.Countdown(2)));
            attempt(() => g.walk_over((function* () { yield 1; throw new RangeError('far'); })()));
        },
        'Rust calls what is under symbols and paths': g => {
            const o = { deep: { er: { level: 3, dig(by) { return by + this.level; } } } };
            attempt(() => g.dig(o, 5));
            see(o.deep.er.level);
            attempt(() => g.dig({ deep: { er: { dig() { throw new RangeError('x'); } } } }, 1));
            attempt(() => { try { g.dig({ deep: { er: {} } }, 1); } catch (error) { return error.name; } });
            attempt(() => { try { g.dig({ deep: {} }, 1); } catch (error) { return error.name; } });
            see(g.use_tools('tool'), g.use_tools(5));
            const tagged = { [Symbol.toStringTag]: 'T' };
            see(g.retag(tagged, 'U'), String(tagged));
        },
        'how values are shown to Rust': g => {
            see(g.shown([1, 'a', [null]]), g.shown({ a: 1 }));
            see(g.shown(new RangeError('r')).startsWith('JsValue(RangeError: r'));
            see(g.shown(() => 1), g.shown(function f() {}), g.shown(Symbol('s')), g.shown(5n));
            see(g.shown(new Lamp(1)), g.shown(new Date(0)), g.shown(/a/g), g.shown(new Set([1])));
            see(g.shown(new Uint8Array(2)), g.shown(undefined), g.shown('a"b'), g.shown(-0));
            see(g.shown(Promise.resolve(1)), g.shown(new Map([[1, 2]])), g.shown(Object.create(null)));
            see(g.shown(g.Countdown).startsWith('Function'), g.shown(g.shown));
        },

        // --- generic imports ---
        'everything through one generic function': g => {
            attempt(() => g.through_generic('text'));
            attempt(() => g.generic_error('throw'));
            attempt(() => g.generic_error('other'));
        },
        'an async generic import': async g => {
            await attempt(() => g.generic_later());
        },
        'what a generic import gives counts': g => {
            given = { same: value => (value && value.value ? new g.Coin(5n) : value) };
            attempt(() => g.through_generic('text'));
        },
        'what a generic import gives is checked': g => {
            given = { same: value => (typeof value === 'string' ? 'ab' : value) };
            attempt(() => g.through_generic('text'));
        },

        // --- namespaces ---
        'variadic functions in a namespace': g => {
            attempt(() => g.join_all('-', [1, 'a', null]));
            attempt(() => g.join_all('-', []));
            attempt(() => g.join_all('-', [1, 2, 3, 4]));
            attempt(() => g.sum_all(1, [2, 3]));
            attempt(() => g.sum_all(1, []));
            attempt(() => g.sum_all(1, [1, 2, 3, 4]));
        },
        'a class in a namespace': g => {
            attempt(() => g.use_lamp([40, 2]));
            attempt(() => g.use_lamp([]));
            attempt(() => g.use_lamp([2000]));
            see(g.levels());
        },
        'final members are those of the class': g => {
            const describe = Lamp.prototype.describe;
            see(g.use_lamp([1]));
            const leaf = g.leaf('x');
            see(leaf, leaf.name, leaf instanceof Base);
            see(describe === Lamp.prototype.describe);
        },
        'exported classes with one name in two namespaces': g => {
            const { round, angular } = g.shapes;
            const circle = new round.Shape(3), square = angular.Shape.standard();
            see(circle.size, square.size, round.Shape.standard().radius, round.standard(7));
            see(circle instanceof round.Shape, circle instanceof angular.Shape);
            square.size = 5;
            see(square.side, g.radius_of(circle));
            attempt(() => g.radius_of(square));
            see(g.shapes.total(1), g.shapes.total(1, 2, 3), circle.constructor === round.Shape);
        },

        'new of a class that only Rust makes': g => {
            attempt(() => new g.shapes.angular.Shape());
        },

        // --- casts ---
        'casts to classes of the host': g => {
            see(g.casts(new Leaf('l')), g.casts(new Middle('m')), g.casts(new Base('b')));
            see(g.casts({}), g.casts(null), g.casts('x'), g.casts(Object.create(Leaf.prototype)));
            see(g.casts(new Fancy(1)), g.casts({ kind: 'a' }), g.casts({ kind: 'b' }));
        },
        'a class with a prefix': g => {
            attempt(() => g.fancy(3));
            attempt(() => g.fancy(11));
            attempt(() => g.fancy_made(4).size);
        },
        'types that only TypeScript knows': g => {
            see(g.first_pair([{ kind: 'a' }]), g.first_pair([{ kind: 'b' }]), g.first_pair([]));
        },

        // --- nesting ---
        'options in options': g => {
            see(g.some_of([1, null, undefined]), g.some_of(undefined), g.some_of(null), g.some_of([]));
            attempt(() => g.texts('a', ['b', '']));
            attempt(() => g.texts('throw', ['b', 'c']));
            attempt(() => g.texts(undefined, ['b']));
            attempt(() => g.texts(null, null));
            attempt(() => g.texts('', undefined));
            attempt(() => g.numbers_of([new g.Named(1), new g.Named(2, 'two')]));
            attempt(() => g.numbers_of([]));
            attempt(() => g.numbers_of(undefined));
        },
        'results of objects': g => {
            const n = new g.Named(5, 'five');
            see(n.number, n.name, n.more);
            attempt(() => new g.Named(101));
            attempt(() => n.other(0));
            attempt(() => n.other(3).number);
            attempt(() => n.other(-1));
            const merged = n.merged(new g.Named(6));
            see(merged.length, merged[0].number, merged[1].name);
            attempt(() => n.number);
            try {
                new g.Named(7, 'x').merged(new g.Named(7));
            } catch (error) {
                see(error instanceof g.Named, error.number, error.name);
            }
            see(new g.Named(1).merged());
        },
        'objects in objects': g => {
            const n = new g.Named(1, 'a');
            const nested = g.nest(n, 2);
            see(nested.number, nested.more[0].number, nested.more[0].more[0].name);
            const first = nested.more[0], again = nested.more[0];
            see(first === again);
            n.more = [nested, first];
            attempt(() => nested.number);
            see(n.more.length, again.number);
            n.more = null;
            n.name = undefined;
            see(n.more, n.name);
        },
        'values of every kind from Rust': g => {
            see([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11].map(each => g.as_value(each)));
        },
        'a value back as an object': g => {
            const n = new g.Named(3, 'x');
            see(g.copy_of(n).number, g.copy_of({}), g.copy_of(null));
            attempt(() => g.number_of(n));
            attempt(() => n.number);
            attempt(() => g.number_of({ number: 5 }));
            attempt(() => g.number_of(new g.Coin(1n)));
            attempt(() => g.copy_of(n));
        },

        // --- numbers and enums ---
        'enums at their ends': g => {
            see(g.Level.Lowest, g.Level.Below, g.Level.Highest, g.Bits.Some, g.Bits.All);
            see(g.next_level(), g.next_level(g.Level.Lowest), g.next_level(-1), g.next_level(0));
            see(g.next_level(g.Level.Highest), g.next_level(null));
            see(g.next_bits(0), g.next_bits(g.Bits.Some), g.next_bits(g.Bits.All));
            see(g.all_levels(), g.count_bits([g.Bits.All, 0, g.Bits.Some]));
            see(g.dense(2), g.dense_through(), g.dense_through(null), g.dense_through(0));
        },
        'texts that are enums': g => {
            see(g.next_mode(), g.next_mode(''), g.next_mode('two words'), g.next_mode('é😀'));
            see(g.next_mode('1'), g.next_mode(null), g.mode_name(''), g.mode_name('é😀'));
        },
        'enums through the host': g => {
            see(g.level_through(g.Level.Lowest), g.level_through(-1), g.maybe_level_through());
            see(g.maybe_level_through(0), g.mode_through(''), g.mode_through('1'));
            given = { maybe_level: () => undefined, maybe_mode: () => null };
            see(g.level_through(0), g.mode_through('1'));
            given = { maybe_level: () => g.Level.Highest, mode: () => 'two words' };
            see(g.maybe_level_through(), g.mode_through('1'));
        },
        'what the host gives for an enum is checked': g => {
            given = { level: () => 5 };
            attempt(() => g.level_through(0));
            given = { mode: () => 'nothing' };
            attempt(() => g.mode_through('1'));
            given = {};
            attempt(() => g.level_through(0));
        },
        'values that are none of an enum': g => {
            attempt(() => g.dense(3));
            attempt(() => g.next_level(1));
            attempt(() => g.mode_name('fast'));
        },
        'long numbers': g => {
            see(g.echo_u64(0n), g.echo_u64(18446744073709551615n), g.echo_i64(-9223372036854775808n));
            see(g.echo_i64(9223372036854775807n), g.echo_i64(), g.echo_i64(null));
            see(g.long_through(18446744073709551615n), g.wide_through(-170141183460469231731687303715884105728n));
            see(g.wide_through(170141183460469231731687303715884105727n), g.small_through(255));
            given = { long: value => BigInt(value) - 1n, small: value => value - 1 };
            given.wide = value => BigInt(value) / 2n;
            see(g.long_through(1n), g.wide_through(-5n), g.small_through(1));
        },
        'long numbers out of their bounds': g => {
            attempt(() => g.echo_u64(18446744073709551616n));
            attempt(() => g.echo_u64(-1n));
            attempt(() => g.echo_i64(9223372036854775808n));
        },
        'floats': g => {
            see(g.echo_f32(0.1), g.echo_f32(16777217), g.echo_f32(-0), g.echo_f32(1e39));
            see(g.echo_f32(NaN), g.echo_f32(3.4e38), g.echo_f32(1e-46));
        },
        'characters': g => {
            see(g.echo_char('a'), g.echo_char('😀'), g.echo_char('\0'), g.maybe_char(), g.maybe_char('é'));
            see(g.letter_through('\u{10ffff}'), g.letter_through('\ud7ff'));
        },
        'characters that are none': g => {
            attempt(() => g.echo_char('ab'));
            attempt(() => g.echo_char('\ud800'));
            attempt(() => g.echo_char(''));
            given = { letter: () => '\udc00' };
            attempt(() => g.letter_through('a'));
            given = { letter: () => '' };
            attempt(() => g.letter_through('a'));
        },
        'texts with lone surrogates': g => {
            attempt(() => g.echo_text('a\ud800b'));
            attempt(() => g.length('\ud83d'));
        },
        'texts with odd characters': g => {
            see(g.length('\ud83d\ude00'), g.as_numbers('\ud800'), g.echo_text('\ufeffx'), g.echo_text('a\0b'));
        },
        'texts that are long': g => {
            const long = 'é😀x'.repeat(100000);
            see(g.length(long), g.echo_text(long) === long, g.repeated('ab', 500000).length);
            see(g.repeated('', 5), g.length(''));
        },
        'nothing in slices and vectors': g => {
            see(g.empties(new Uint8Array(0), new BigUint64Array(0), []));
            see([0, 1, 2, 3, 4].map(each => g.empty(each)));
        },
        'what Rust makes of values': g => {
            see(g.as_numbers(5), g.as_numbers(-0), g.as_numbers(5n), g.as_numbers('5'));
            see(g.as_numbers(true), g.as_numbers(null), g.as_numbers(1.5), g.as_numbers(NaN));
            see(g.as_numbers(18446744073709551615n), g.as_numbers(-9223372036854775808n));
            see(g.as_numbers(9223372036854775808n), g.as_numbers(18446744073709551616n));
            see(g.as_numbers(Object(5)), g.as_numbers(new Date(0)), g.as_numbers([]));
        },

        // --- callbacks ---
        'calls within calls': g => {
            const t = new g.Token('t');
            attempt(() => t.use_with(n => n + 1));
            attempt(() => t.use_with(() => t.uses));
            attempt(() => t.use_with(() => t.use_with(same)));
            attempt(() => t.use_with(() => t.free()));
            attempt(() => t.uses);
            see(g.dropped());
            const u = new g.Token('u');
            attempt(() => u.look_with(() => u.look_with(() => u.uses)));
            attempt(() => u.look_with(() => u.use_with(same)));
            attempt(() => u.look_with(() => { throw new RangeError('far'); }));
            attempt(() => u.look_with(() => u.into_closure()));
            see(g.dropped());
        },
        'closures that hold objects': g => {
            const t = new g.Token('t');
            const f = t.into_closure();
            see(f(1), f(2));
            attempt(() => t.uses);
            const once = new g.Token('o').into_once();
            const back = once();
            see(back, back.uses);
            attempt(() => once());
            back.free();
            see(g.dropped());
        },
        'closures that share an object': g => {
            const [up, read] = g.counter_pair(new g.Token('s'));
            see(up(), up(), read(), up(), read());
            see([1, 2].map(up), read());
        },
        'recursion through the host': g => {
            const f = depth => g.nested_calls(f, depth);
            see(g.nested_calls(f, 5));
            attempt(() => g.nested_calls(depth => { if (depth === 2) throw 'stop'; return g.nested_calls(f, depth); }, 4));
            see(g.nested_calls(f, 1));
        },
        'objects that are handed over': g => {
            let kept;
            attempt(() => g.hand_over('a', token => { kept = token; return 'x'; }));
            see(kept, kept.uses, g.dropped());
            kept.free();
            see(g.dropped());
            attempt(() => g.hand_over('b', token => token.free()));
            attempt(() => g.hand_over('c', token => { token.free(); throw new RangeError('far'); }));
            see(g.dropped());
        },
        'objects that go and come back': g => {
            const back = g.round_trip('r');
            see(back.uses, g.dropped());
            let other;
            given = { with_token: token => { token.free(); return new g.Token('other'); } };
            attempt(() => { other = g.round_trip('s'); return other.uses; });
            see(g.dropped());
            given = { with_token: token => { token.free(); throw new RangeError('far'); } };
            attempt(() => g.round_trip('t'));
            given = { with_token: token => { token.free(); return {}; } };
            attempt(() => g.round_trip('u'));
            given = { with_token: token => { token.free(); return token; } };
            attempt(() => g.round_trip('v'));
            see(g.dropped());
        },
        'closures that are lent': g => {
            given = {
                with_closure: work => {
                    const first = work(new g.Token('a'));
                    see(first, first.uses, work(first));
                    attempt(() => first.uses);
                    attempt(() => work({}));
                    lent.kept = work;
                    return 7;
                },
            };
            see(g.lend_closure());
            attempt(() => lent.kept(new g.Token('late')));
            given = { with_mut: work => work(1) + work(2) };
            see(g.lend_mut(10));
            given = { with_result: work => work(4) + work(3) };
            attempt(() => g.lend_result());
            given = { with_result: work => { try { return work(3); } catch (error) { see(error.name); return 1; } } };
            attempt(() => g.lend_result());
            see(g.dropped());
        },
        'a panic while values are held': g => {
            attempt(() => g.panic_with([1, {}, 'x'], new g.Token('p')));
            see(g.dropped());
            const used = new g.Token('q');
            used.use_with(same);
            attempt(() => g.panic_with([1, {}], used));
            attempt(() => used.uses);
        },

        // --- names ---
        'fields that are numbers': g => {
            const pair = new g.Pair(1, 'two');
            see(pair[0], pair[1], '0' in pair, 2 in pair);
            pair[0] = 5;
            pair[1] = '';
            see(pair[0], pair[1], g.reflect(pair, 0, 7), pair[0]);
        },
        'names beyond ASCII': g => {
            const size = new g.Size(1.5);
            size.länge = 2;
            see(size.länge, size.größer().länge, 'länge' in size);
        },
        'members that JavaScript calls': g => {
            const money = new g.Money(1250);
            see(String(money), `${money}`, money + 1, money * 2, money > 12, +money, money + 'x');
            see(JSON.stringify({ money }), JSON.stringify([money]), g.as_all(money), g.Money.zero() + 0);
            see([3, 1, 2].map(each => new g.Money(each)).sort((a, b) => a - b).join());
            see(new g.Money(5) < new g.Money(6), money == 12.5, [money].includes(money));
            see(money.add(1), money.add(1, 2), money.add(1, null));
        },
        'accessors that fail': g => {
            const money = new g.Money(5);
            attempt(() => money.debt);
            attempt(() => { money.debt = -1; });
            money.debt = 7;
            see(money.debt, g.reflect(money, 'debt', 9), money.debt);
            attempt(() => g.reflect(new g.Money(1), 'debt', 9));
        },
        'an object that can be awaited': async g => {
            await attempt(() => g.lazy(5));
            await attempt(() => g.lazy(0));
            await attempt(() => g.wait_for(new g.Lazy(6)));
            await attempt(() => g.wait_for(new g.Lazy(0)));
            await attempt(() => Promise.all([new g.Lazy(1), 2, new g.Lazy(3)]));
            see(await new g.Lazy(8));
        },
        'Rust reflects on objects': g => {
            see(g.reflect({ a: 1 }, 'a', 2), g.reflect([1, 2], 1, 'x'), g.reflect({}, Symbol.iterator, 1));
            see(g.reflect(new g.Named(1, 'n'), 'number', 2), g.reflect(new g.Named(1), 'free', 1).slice(0, 20));
            const fn = () => 1;
            see(g.reflect(fn, 'extra', 5), fn.extra, g.reflect(g.reflect, 'mark', 1), g.reflect.mark);
            attempt(() => g.reflect(5, 'a', 1));
            attempt(() => g.reflect(Object.freeze({ a: 1 }), 'a', 2));
        },
        'objects as text': g => {
            see(g.as_all({ a: [1, { b: null }] }), g.as_all([1, [2]]), g.as_all(new Date(0)));
            see(g.as_all(new Map([[1, 2]])), g.as_all(Object(5)), g.as_all(new Error('e')));
        },
        'exported functions as callbacks': g => {
            see([1, 2, 3].map(g.echo_f32), ['a', 'b'].map(g.echo_text), ['a', 'b', 'c'].map(g.repeated));
            see(Reflect.apply(g.length, null, ['a']), g.length.call(null, 'ab'), g.length.name.length > 0);
            see([new g.Money(1), new g.Money(2)].map(g.as_all).length, typeof g.length, g.length.length);
            const { add } = new g.Money(1);
            see(typeof add);
            const money = new g.Money(3);
            see(money.add.call(money, 4), Reflect.apply(money.add, money, [1]));
        },

        // --- imports of rare shapes ---
        'names of the standard by hand': g => {
            attempt(() => g.by_hand([]));
            attempt(() => { try { g.parse_badly(); } catch (error) { return error.name; } });
        },
        'rare statics': g => {
            attempt(() => g.rare_statics());
        },
        'rare arguments': g => {
            attempt(() => g.rare_arguments());
            given = { maybe_token: token => null, modes: () => [] };
            attempt(() => g.rare_arguments());
            given = { modes: () => undefined };
            attempt(() => g.rare_arguments());
        },
        'rare closures': g => {
            attempt(() => g.rare_closures());
        },
        'closures that are given': g => {
            attempt(() => g.given_closures());
            let kept, taken;
            given = {
                with_closure: work => {
                    kept = work;
                    attempt(() => work(null));
                    return work('x');
                },
                take_closure: work => { taken = work; },
            };
            attempt(() => g.given_closures());
            attempt(() => kept(1));
            see(taken(new g.Token('t'), 'é😀'), taken(undefined, ''), g.dropped());
        },
        'a class with numbers for names': g => {
            attempt(() => g.use_grid());
        },

        // --- async ---
        'async text': async g => {
            await attempt(() => g.shout('a', 2));
            await attempt(() => g.shout('a'));
            given = { text: () => rejected(new RangeError('far')) };
            await attempt(() => g.shout('a'));
            given = { text: () => rejected(undefined) };
            await attempt(() => g.shout('a'));
        },
        'an async import that throws at once': async g => {
            given = { text: () => { throw new RangeError('at once'); } };
            await attempt(() => g.shout('a'));
            await attempt(() => g.nothing());
        },
        'an async import that gives no promise': async g => {
            given = { text: value => value };
            await attempt(() => g.shout('a', 3));
        },
        'an async import that gives a thenable': async g => {
            given = { text: value => ({ then: resolve => resolve(value + '?') }) };
            await attempt(() => g.shout('a', 3));
        },
        'async objects': async g => {
            const found = await g.many(['a', 'b']);
            see(found.length, found[1].number, found[1].name);
            given = { number: value => Promise.resolve(value * 200) };
            await attempt(() => g.many(['a', 'b']));
            await attempt(() => g.many([]));
            await attempt(() => g.nothing());
            await attempt(() => g.maybe(5n));
            await attempt(() => g.maybe());
        },
        'async with numbers and enums': async g => {
            await attempt(() => g.measure(new Uint8Array([1, 2]), '', g.Level.Lowest));
            await attempt(() => g.measure(new Uint8Array(0), undefined, 0));
        },
        'async functions take objects over': async g => {
            const t = new g.Token('t');
            const p = g.keep(t, false);
            attempt(() => t.uses);
            const back = await p;
            see(back.uses, back === t);
            await attempt(() => g.keep(back, true));
            see(g.dropped());
            await attempt(() => g.keep(back, true));
        },
        'async order': async g => {
            const order = [];
            given = { number: value => { order.push('called'); return Promise.resolve(value); } };
            const p = g.nothing().then(() => order.push('done'));
            order.push('returned');
            Promise.resolve().then(() => order.push('job'));
            await p;
            see(order);
        },
        'timers': async g => {
            await attempt(() => g.sleep(1));
        },
        'a panic after a wait': async g => {
            await attempt(() => g.panic_later('late'));
            await attempt(() => g.nothing());
        },
    },
};
