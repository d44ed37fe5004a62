const h = new Headers({ 'X-B': ' two ', 'x-a': 'one' });
h.append('X-A', 'again');
log(h.get('x-a'), h.get('X-B'), h.get('none'), h.has('X-a'), h.has('q'));
h.append('Set-Cookie', 'a=1'); h.append('set-cookie', 'b=2');
log([...h]);
log(h.getSetCookie(), h.get('set-cookie'));
h.set('x-a', 'new'); h.delete('X-B'); h.delete('none');
log([...h.keys()], [...h.values()], [...h.entries()].length);
h.forEach((value, name, object) => log(value, name, object === h));
log([...new Headers([['a', '1'], ['b', '2'], ['a', '3']])], [...new Headers(h)].length);
for (const wrong of [5, null, [['a']], [['a', 'b', 'c']], { 'a b': '1' }, { a: 'x\ny' }, { a: '\u0100' }, { '': 'x' }]) {
    try { new Headers(wrong); log('made'); } catch (error) { log(error.name); }
}
for (const name of ['a b', '', 'ä', 'a:']) { try { h.get(name); log('read'); } catch (error) { log(error.name); } }
log(Object.prototype.toString.call(h), h[Symbol.iterator] === h.entries);
