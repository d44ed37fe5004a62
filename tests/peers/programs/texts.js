// Text, patterns and dates in Rust, on the crate `texts`.
return {
    imports: {},
    cases: {
        'patterns': g => {
            see(g.first_match('(a+)(b)?', '', 'xaac'), g.first_match('a', 'g', 'bbb'), g.first_match('^$', 'm', ''));
            see(g.first_match('(?<y>\\d{4})-(?<m>\\d\\d)', 'u', 'on 2024-05'), g.first_match('😀.', 'u', 'x😀y'));
            see(g.count_matches('a', 'banana'));
            attempt(() => g.all_matches('a1b22', '(\\w)(\\d+)'));
            attempt(() => g.first_match('(', '', ''));
        },
        'replacements': g => {
            see(g.replace_with('a1b2', '\\d', each => each * 2), g.replace_with('aa', 'a', (m, at, all) => at + all));
            see(g.replace_with('x', 'y', () => 1), g.replace_with('é😀', '.', () => undefined));
            attempt(() => g.replace_with('a', 'a', () => { throw new RangeError('far'); }));
            see(g.resplit('a,b,,c', ',', '|'), g.resplit('abc', '', '-'), g.resplit('a1b', '(\\d)', '/'));
        },
        'units': g => {
            see(Array.from(g.units('a😀')), Array.from(g.units('\ud800')), g.from_units(0xd83d, 0xde00));
            see(g.from_units(0xd800, 0x61).length, g.read_units('é😀'), g.read_units('\udc00'));
            see(g.compare('a', 'b'), g.compare('ä', 'z'), g.compare('a', 'a'), g.compare('a', 'A'));
        },
        'JSON': g => {
            attempt(() => g.double_numbers('{"a":[1,2.5,"x",null,{"b":-0}]}'));
            attempt(() => { try { g.double_numbers('{'); } catch (error) { return error.name; } });
            see(g.json_error('[1]'), typeof g.json_error('['));
        },
        'dates': g => {
            see(g.day_after(2024, 1, 28), g.day_after(2023, 11, 31), g.hours_between('2024-01-01T00:00Z', '2024-01-02T12:00Z'));
            see(g.hours_between('x', '2024-01-01'), g.year_of(new Date(0)), g.make_date(86400000).toISOString());
            see(g.make_date(NaN).getTime(), g.make_date(1.9).getTime());
        },
        'URIs': g => {
            attempt(() => g.through_uri('a b&é😀%'));
            attempt(() => g.through_uri('%'));
        },
    },
};
