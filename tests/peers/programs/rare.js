// Rows of the ABI table that few modules use, on the crate `rare`.
function Shelf(name) { this.name = name; this.items = 0; }
Shelf.prototype.push = function (item) { this[this.items] = item; return ++this.items; };
Shelf.count = () => 3;
const kept = { nodes: [] };
const seeing = name => (...values) => see(name, ...values);
const asking = (name, usual) => (...values) => (name in given ? given[name](...values) : usual(...values));
let given = {};

return {
    imports: {
        Shelf,
        host: {
            VERSION: '1.2',
            see_texts: seeing('texts'), see_strings: seeing('strings'), see_bools: seeing('bools'),
            see_chars: seeing('chars'), see_levels: seeing('levels'), see_styles: seeing('styles'),
            see_values: seeing('values'), see_numbers: seeing('numbers'), see_text: seeing('text'),
            sum: (first, ...rest) => rest.reduce((sum, each) => sum + each, first),
            join_all: (...values) => values.map(each => String(each)).join('+'),
            give_nodes: asking('nodes', () => []), give_bools: asking('bools', () => [true, false]),
            give_levels: asking('levels', () => [1, 2147483647]), give_texts: asking('texts', () => undefined),
            give_node: asking('node', () => undefined), give_wide: asking('wide', () => 5n),
            run_plain: work => work('a', 5, [1.5, 2]) + work('', undefined, new Float64Array(0)),
            run_changing: work => work(-5n, 'a', true) + (work(1n, '😀', false) ?? 0.5) + work(2n, 'b', true),
            run_typed: work => work(kept.node, kept.level, kept.style),
        },
    },
    cases: {
        'slices of every kind': g => {
            g.show_slices({ a: 1 });
            g.show_slices(undefined);
        },
        'interned text': g => {
            see(g.show_interned('é😀'), g.show_interned(''), g.interned('x', true), g.interned('x', false));
        },
        'variadic': g => {
            see(g.spread([]), g.spread([1, null, 'x']), g.count_values('a'), g.count_values('a', 1, undefined));
            see(g.join_texts(), g.join_texts('a', ''));
        },
        'what the host gives': g => {
            see(g.ask());
            given = {
                nodes: () => [new g.Node(1), new g.Node(2)], bools: () => [], levels: () => [],
                texts: () => ['', 'é'], node: () => new g.Node(9), wide: () => 340282366920938463463374607431768211455n,
            };
            see(g.ask());
            given = { node: () => { throw new RangeError('far'); }, wide: () => { throw 1; } };
            see(g.ask().startsWith('0 [true, false]'));
        },
        'a class of the host': g => {
            const shelf = g.use_shelf({ a: 1 });
            see(shelf, shelf.name, shelf.items, 0 in shelf, shelf[1], shelf[2]);
        },
        'closures with every kind of argument': g => {
            Object.assign(kept, { node: new g.Node(4), level: g.Level.High, style: 'a-b' });
            see(g.lend_closures());
            attempt(() => kept.node.value);
            Object.assign(kept, { node: new g.Node(4), level: g.Level.Low, style: undefined });
            see(g.lend_closures());
            const texts = g.keep_texts(), bytes = g.keep_bytes();
            see(texts(['a', ''], 1), bytes(new Uint8Array([1, 2]), 5n), bytes([3], undefined));
            attempt(() => texts([], { a: 1 }));
        },
        'members whose names mean something': g => {
            const node = new g.Node(2, 'm');
            see(node.value, node.maybe, node.levels, node.wide, node._ptr, node.len('ab', 3), node.len('', undefined));
            node._ptr = 255;
            node.wide = -170141183460469231731687303715884105728n;
            node.levels = [g.Level.High];
            node.maybe = null;
            see(node._ptr, node.wide, node.levels, node.maybe, node.next.value, new g.Node(0).next);
            node.next = new g.Node(7);
            node.twice = 4;
            see(node.value, node.twice, g.Node.total);
            node.merge(new g.Node(1), new g.Node(2));
            see(node.value, node.into_value());
            attempt(() => node.value);
        },
        'an object moved and borrowed in one call': g => {
            const node = new g.Node(1), other = new g.Node(2);
            see(g.borrowed_node(other, node), g.borrowed_node(undefined, node));
        },
        'a moved object where none may be': g => {
            const node = new g.Node(1), other = new g.Node(2);
            other.into_value();
            attempt(() => g.borrowed_node(other, node));
        },
        'results of every shape': g => {
            for (const kind of [0, 1, 2, 3]) attempt(() => g.results(kind));
            see(g.maybe_nodes(2).map(each => each.value), g.maybe_nodes(0), g.maybe_nodes());
            attempt(() => g.wide_result(340282366920938463463374607431768211455n, false));
            attempt(() => g.wide_result(0n, true));
            see(g.level_result(g.Level.High), g.level_result(), g.style_text(''), g.style_text());
            see(g.clamped_sum(new Uint8ClampedArray([300, -5, 7])), g.left.meet(), g.right.meet());
        },
    },
};
