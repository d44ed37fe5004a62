// at, charAt, charCodeAt, codePointAt
'abc'.at(0)
'abc'.at(-1)
'abc'.at(-4)
'abc'.at(NaN)
'abc'.at(1.9)
'abc'.at(Infinity)
'abc'.at('1')
''.at()
'a\u{1F600}b'.at(1)
'a\u{1F600}b'.at(-1)
'abc'.charAt(1)
'abc'.charAt(-1)
'abc'.charAt(3)
'abc'.charAt()
'a\u{1F600}b'.charAt(2)
'abc'.charCodeAt(2)
'abc'.charCodeAt(3)
'a\u{1F600}b'.charCodeAt(1)
'a\u{1F600}b'.charCodeAt(-0.5)
'a\u{1F600}b'.codePointAt(1)
'a\u{1F600}b'.codePointAt(2)
'a\u{1F600}b'.codePointAt(3)
'a\u{1F600}b'.codePointAt(4)
'\ud83d'.codePointAt(0)
'\ude00\ud83d'.codePointAt(0)
'a\u{1F600}b'.length
'a\u{1F600}b'[1]
'a\u{1F600}b'['3']
'abc'[-1]
'abc'[3]
[...'a\u{1F600}b\ud800']
[...'ab'['valueOf']()]
// concat, endsWith, includes, indexOf, lastIndexOf, startsWith
'a'.concat('b', 1, null, undefined, [1, 2])
'a'.concat()
'\ud83d'.concat('\ude00')
('\ud83d' + '\ude00') === '\u{1F600}'
''.concat.call(5, true)
''.concat.call(null)
''.at.call(undefined)
'abc'.endsWith('c')
'abc'.endsWith('')
'abc'.endsWith('b', 2)
'abc'.endsWith('bc', Infinity)
'abc'.endsWith('a', -1)
'undefined'.endsWith()
'abc'.endsWith(/c/)
'a\u{1F600}'.endsWith('\ude00')
'abc'.includes('b')
'abc'.includes('b', 2)
'abc'.includes('', 99)
'abc'.includes(/b/)
'/b/'.includes({ toString: () => '/b/' })
'/b/'.includes((r => (r[Symbol.match] = false, r))(/b/))
'abc'.startsWith({ [Symbol.match]: true })
'abc'.startsWith('ab')
'abc'.startsWith('b', 1)
'abc'.startsWith('c', -5)
'abc'.startsWith('', 5)
'abc'.startsWith(Symbol.iterator)
'abcabc'.indexOf('c')
'abcabc'.indexOf('c', 3)
'abcabc'.indexOf('c', -3)
'abcabc'.indexOf('')
'abcabc'.indexOf('', 99)
'abcabc'.indexOf('abcd')
'undefined'.indexOf()
'a\u{1F600}b'.indexOf('b')
'a\u{1F600}b'.indexOf('\ude00')
'abcabc'.lastIndexOf('c')
'abcabc'.lastIndexOf('c', 4)
'abcabc'.lastIndexOf('abc', 0)
'abcabc'.lastIndexOf('bc', -1)
'abcabc'.lastIndexOf('', 99)
'abcabc'.lastIndexOf('', 2)
'abcabc'.lastIndexOf('c', NaN)
'abcabc'.lastIndexOf('c', undefined)
'abcabc'.lastIndexOf('c', '2')
// well-formedness
'a\u{1F600}'.isWellFormed()
'a\ud800'.isWellFormed()
'\ude00\ud83d'.isWellFormed()
'a\ud800b\udc00c\u{1F600}'.toWellFormed()
// normalize
'\u1E9B\u0323'.normalize()
'\u1E9B\u0323'.normalize('NFD')
'\u1E9B\u0323'.normalize('NFKC')
'\u1E9B\u0323'.normalize('NFKD')
'a'.normalize('nfc')
'a'.normalize(null)
'\uac00\u{1D15E}'.normalize('NFD')
// padding and repeating
'abc'.padEnd(6)
'abc'.padEnd(6, '12')
'abc'.padEnd(2, '12')
'abc'.padEnd(8, '')
'abc'.padEnd('6.7', undefined)
'abc'.padEnd(5, '\u{1F600}')
'abc'.padEnd(4, '\u{1F600}')
'abc'.padStart(6, '12')
'abc'.padStart(NaN)
'\u{1F600}'.padStart(4, 'ab')
'abc'.padStart(Infinity)
'abc'.padEnd(2 * 1e9, 'x')
'abc'.padStart(-Infinity, 'x')
'ab'.repeat(3)
'ab'.repeat(0)
'ab'.repeat(2.9)
'ab'.repeat(-1)
'ab'.repeat(Infinity)
'ab'.repeat(-0.5)
'ab'.repeat(536870889)
''.repeat(1e15)
'\ude00\ud83d'.repeat(2)
'ab'.repeat('x')
// slices
'abcdef'.slice(1, 4)
'abcdef'.slice(-3)
'abcdef'.slice(-3, -1)
'abcdef'.slice(4, 1)
'abcdef'.slice(undefined, undefined)
'abcdef'.slice(NaN, Infinity)
'abcdef'.slice(-Infinity, null)
'a\u{1F600}b'.slice(0, 2)
'a\u{1F600}b'.slice(2)
'abcdef'.substring(4, 1)
'abcdef'.substring(-3, 2)
'abcdef'.substring(2)
'abcdef'.substring(NaN)
'abcdef'.substring(2, NaN)
'abcdef'.substr(2, 3)
'abcdef'.substr(-3, 2)
'abcdef'.substr(-30, 2)
'abcdef'.substr(2)
'abcdef'.substr(2, -1)
'abcdef'.substr(10, 1)
'abcdef'.substr(1, undefined)
// split on text
'a,b,c'.split(',')
'a,b,c'.split(',', 2)
'a,b,c'.split(',', 0)
'a,b,c'.split(',', -1)
'a,b,c'.split(',', 4294967297)
'a,b,c'.split()
'a,b,c'.split('')
'a,b,c'.split('', 2)
''.split('')
''.split(',')
',a,'.split(',')
'\u{1F600}'.split('')
'abc'.split('abc')
'a1b1c'.split(1)
'anullb'.split(null)
'aab'.split('a')
// case
'aBc\u00df\u0130'.toUpperCase()
'ABC\u0130'.toLowerCase()
'\u03a3\u0391\u03a3'.toLowerCase()
'\u03a3'.toLowerCase()
'\u0391\u03a3\u0301'.toLowerCase()
'\u0391\u03a3.\u0391'.toLowerCase()
'\ufb01\u0149\u1f80'.toUpperCase()
'\u{10428}'.toUpperCase()
'\ud801'.toLowerCase()
'Ii'.toLocaleLowerCase()
'Ii'.toLocaleUpperCase('en-US')
'Ii'.toLocaleUpperCase(['de', 'fr'])
'Ii'.toLocaleUpperCase('en_US')
'Ii'.toLocaleUpperCase('')
'Ii'.toLocaleUpperCase(null)
'Ii'.toLocaleUpperCase([])
'Ii'.toLocaleUpperCase([5])
// trim
' \t\n\u00a0\ufeffa b\u2003\u2028'.trim()
' \t\n\u00a0\ufeffa b\u2003\u2028'.trimStart()
' \t\n\u00a0\ufeffa b\u2003\u2028'.trimEnd()
'\u180ea\u200b'.trim().length
' a '.trimLeft()
' a '.trimRight()
''.trimLeft.name
''.trimEnd === ''.trimRight
// localeCompare
'a'.localeCompare('b')
'b'.localeCompare('a')
'a'.localeCompare('a')
'a'.localeCompare('A')
'A'.localeCompare('b')
'a'.localeCompare('\u00e1')
'\u00e1'.localeCompare('b')
'\u00e1'.localeCompare('a\u0301')
'r\u00e9sum\u00e9'.localeCompare('resume')
'resume'.localeCompare('R\u00e9sum\u00e9')
'a b'.localeCompare('ab')
'a-b'.localeCompare('ab')
'10'.localeCompare('9')
'_'.localeCompare('-')
'a'.localeCompare()
// replace with text
'abcabc'.replace('b', 'x')
'abcabc'.replaceAll('b', 'x')
'abcabc'.replace('', '-')
'abc'.replaceAll('', '-')
'abc'.replace('b', '[$&]')
'abc'.replace('b', "[$`|$'|$$|$1|$0|$<a>]")
'abcabc'.replaceAll('b', (m, i, s) => m + i + s)
'abc'.replace('d', 'x')
'abc'.replace('b')
'abc'.replace()
'a\u{1F600}b'.replaceAll('', '-')
'aaa'.replaceAll('aa', 'b')
'abc'.replaceAll('b', '$')
'x'.replace('x', '$$1$&$')
'abc'.replace({ [Symbol.replace]: (s, r) => [s, r] }, 'x')
'abc'.replace({ [Symbol.replace]: 5 }, 'x')
'abc'.search({ [Symbol.search]: s => s + '!' })
'abc'.match({ [Symbol.match]: s => s + '!' })
'abc'.split({ [Symbol.split]: (s, n) => [s, n] }, 7)
'a.c'.match('.')
'abc'.match()
'abc'.match(null)
'abcb'.search('b')
'abc'.search()
[...'a.b.c'.matchAll('.')].length
'abc'.match('(')
// statics
String.fromCharCode(97, 98, 0x1F600, -1, 65536.9)
String.fromCharCode()
String.fromCharCode(0xD83D, 0xDE00) === '\u{1F600}'
String.fromCodePoint(97, 0x1F600)
String.fromCodePoint(0xD83D, 0xDE00).length
String.fromCodePoint(-1)
String.fromCodePoint(1.5)
String.fromCodePoint(0x110000)
String.fromCodePoint('x')
String.fromCodePoint('97')
String.raw({ raw: ['a', 'b', 'c'] }, 1, 2, 3)
String.raw({ raw: 'abc' }, '-')
String.raw({ raw: [] }, 1)
String.raw({})
String.raw()
String(5)
String(Symbol('x'))
String()
String(null)
new String('abc').length
new String('abc')[1]
new String('a\u{1F600}')
Object.keys(new String('ab'))
Object.getOwnPropertyNames(new String('ab'))
Object.getOwnPropertyDescriptor(new String('ab'), '0')
Object.getOwnPropertyDescriptor('ab', 'length')
(s => (s.x = 5, [s.x, s.y, 'x' in s, '1' in s, '2' in s, 'length' in s]))(new String('ab'))
new String('ab') instanceof String
typeof new String('ab')
new String('ab') + 'c'
new String(5).valueOf()
new String().length
String.prototype.valueOf.call(new String('x'))
String.prototype.valueOf.call(5)
''.padEnd.length
''.slice.length
''.indexOf.name
''.includes.length
String.length
String.raw.length
// html
'a'.anchor('x"y')
'a'.big()
'a'.bold()
'a'.fixed()
'a'.fontcolor('red')
'a'.fontsize(7)
'a'.link()
'a'.sub()
'a'.sup()
'a'.strike()
'a'.small()
'a'.italics()
'a'.blink()
// the order of the visible characters of ASCII
[" ".localeCompare("_"), "_".localeCompare(" ")]
["_".localeCompare("-"), "-".localeCompare("_")]
["-".localeCompare(","), ",".localeCompare("-")]
[",".localeCompare(";"), ";".localeCompare(",")]
[";".localeCompare(":"), ":".localeCompare(";")]
[":".localeCompare("!"), "!".localeCompare(":")]
["!".localeCompare("?"), "?".localeCompare("!")]
["?".localeCompare("."), ".".localeCompare("?")]
[".".localeCompare("'"), "'".localeCompare(".")]
["'".localeCompare("\""), "\"".localeCompare("'")]
["\"".localeCompare("("), "(".localeCompare("\"")]
["(".localeCompare(")"), ")".localeCompare("(")]
[")".localeCompare("["), "[".localeCompare(")")]
["[".localeCompare("]"), "]".localeCompare("[")]
["]".localeCompare("{"), "{".localeCompare("]")]
["{".localeCompare("}"), "}".localeCompare("{")]
["}".localeCompare("@"), "@".localeCompare("}")]
["@".localeCompare("*"), "*".localeCompare("@")]
["*".localeCompare("/"), "/".localeCompare("*")]
["/".localeCompare("\\"), "\\".localeCompare("/")]
["\\".localeCompare("&"), "&".localeCompare("\\")]
["&".localeCompare("#"), "#".localeCompare("&")]
["#".localeCompare("%"), "%".localeCompare("#")]
["%".localeCompare("`"), "`".localeCompare("%")]
["`".localeCompare("^"), "^".localeCompare("`")]
["^".localeCompare("+"), "+".localeCompare("^")]
["+".localeCompare("<"), "<".localeCompare("+")]
["<".localeCompare("="), "=".localeCompare("<")]
["=".localeCompare(">"), ">".localeCompare("=")]
[">".localeCompare("|"), "|".localeCompare(">")]
["|".localeCompare("~"), "~".localeCompare("|")]
["~".localeCompare("$"), "$".localeCompare("~")]
["$".localeCompare("0"), "0".localeCompare("$")]
["0".localeCompare("1"), "1".localeCompare("0")]
["1".localeCompare("2"), "2".localeCompare("1")]
["2".localeCompare("3"), "3".localeCompare("2")]
["3".localeCompare("4"), "4".localeCompare("3")]
["4".localeCompare("5"), "5".localeCompare("4")]
["5".localeCompare("6"), "6".localeCompare("5")]
["6".localeCompare("7"), "7".localeCompare("6")]
["7".localeCompare("8"), "8".localeCompare("7")]
["8".localeCompare("9"), "9".localeCompare("8")]
["9".localeCompare("a"), "a".localeCompare("9")]
["a".localeCompare("A"), "A".localeCompare("a")]
["A".localeCompare("b"), "b".localeCompare("A")]
["b".localeCompare("B"), "B".localeCompare("b")]
"ab".localeCompare("a b")
"a-b".localeCompare("ab")
"z".localeCompare("\u00e4")
"ae".localeCompare("\u00e4")
"co-op".localeCompare("coop")
"a".localeCompare("aa")
"Z".localeCompare("a")
"\u00e9t\u00e9".localeCompare("ete")
"e\u0301a".localeCompare("eb")
"a\u0301b".localeCompare("aB")
"\t".localeCompare("a")
"\u0001a".localeCompare("a")
"\u00fc".localeCompare("u")
"\u00f1".localeCompare("n")
"\u00f1".localeCompare("o")
"n\u0303".localeCompare("\u00f1")
"\u03b1".localeCompare("z")
"\u0436".localeCompare("\u03b1")
"\u4e00".localeCompare("\u0436")
"A\u0301".localeCompare("a")
"a1".localeCompare("a10")
"a2".localeCompare("a10")
// names and lengths
Object.getOwnPropertyNames(String.prototype).filter(n => !['constructor', 'length'].includes(n)).sort().map(n => [n, String.prototype[n].name, String.prototype[n].length])
['fromCharCode', 'fromCodePoint', 'raw'].map(n => [n, String[n].name, String[n].length])
// localeCompare with the options that js-sys passes
'a'.localeCompare('b', [], {})
'a'.localeCompare('B', ['en'], {})
'a'.localeCompare('A', 'en-US', { sensitivity: 'base' })
'a'.localeCompare('\u00e1', 'en', { sensitivity: 'base' })
'a'.localeCompare('\u00e1', 'en', { sensitivity: 'accent' })
'a'.localeCompare('A', 'en', { sensitivity: 'accent' })
'a'.localeCompare('A', 'en', { sensitivity: 'case' })
'a'.localeCompare('\u00e1', 'en', { sensitivity: 'case' })
'a'.localeCompare('A', 'en', { sensitivity: 'variant' })
'a'.localeCompare('A', 'en', { sensitivity: 'x' })
'a'.localeCompare('A', 'en', { numeric: undefined })
'a'.localeCompare('A', null)
'a'.localeCompare('A', undefined, null)
