const texts = ['', '?', 'a', 'a=', '=a', '=', 'a=b', '?a=b', '??a=b', 'a=b&c=d', 'a=b&a=c', '&&a=b&&', 'a=b=c', 'a+b=c+d', 'a%20b=%2B',
    '%C3%A9=%c3', '%zz=%', 'a\u00e9=\u{1F600}', '\uD800=1', 'a=b;c=d', 'a=b#c', '%00', "*-._~!'()@:/?#[]$,;= "];
for (const text of texts) {
    const params = new URLSearchParams(text);
    log(text, [...params], params.toString(), params.size);
}
const sources = [[['a', 'b'], ['c', 'd']], { a: 'b', c: 1, d: undefined }, [], {}, new URLSearchParams('x=y'), null, 5, true,
    [['a', 'b', 'c']], [['a']], [5], ['ab'], [{ [Symbol.iterator]: () => ['s', 't'][Symbol.iterator]() }], () => 1];
for (const source of sources) {
    try { log(new URLSearchParams(source).toString()); } catch (error) { log(error.name, error.message); }
}
const params = new URLSearchParams('a=1&b=2&a=3&c=4');
log(params.get('a'), params.get('x'), params.getAll('a'), params.getAll('x'), params.has('b'), params.has('x'), params.has('a', '3'), params.has('a', '4'));
params.append('d', 'e f'); log(params.toString());
params.set('a', 'new'); log(params.toString());
params.set('z', 5); log(params.toString());
params.delete('b'); log(params.toString());
params.append('q', '1'); params.append('q', '2'); params.delete('q', '1'); log(params.toString());
params.delete('q', undefined); log(params.toString());
params.forEach(function (value, name, owner) { log(value, name, owner === params, this.mark); }, { mark: 'm' });
log([...params.keys()], [...params.values()], [...params.entries()], Object.prototype.toString.call(params));
const unsorted = new URLSearchParams('z=1&\uFB03=2&\u{1F308}=3&a=4&z=0');
unsorted.sort(); log([...unsorted]);
for (const [name] of params) { params.delete(name); }
log(params.toString());
try { params.forEach(5); } catch (error) { log(error.name); }
try { URLSearchParams.prototype.get.call({}, 'a'); } catch (error) { log(error.name); }

const url = new URL('http://h/?a=1#f');
const { searchParams } = url;
searchParams.append('b', '\u00e9 &'); log(url.href, url.search);
url.search = '?x=y'; log([...searchParams], url.searchParams === searchParams);
searchParams.delete('x'); log(url.href);
url.href = 'http://other/?from=href'; log([...searchParams]);
url.search = ''; log(searchParams.size, url.href);
searchParams.set('last', 'one'); log(String(url));
const empty = new URL('http://h/?'); log(empty.href, empty.search, empty.searchParams.size);
const keep = new URL('http://h/?a=~b'); log(keep.href, keep.searchParams.get('a')); keep.searchParams.sort(); log(keep.href);
