const inputs = ['', 'a', 'ab', 'abc', 'abcd', 'abcde', ' \t\n\f\r', 'YQ==', 'YQ=', 'YQ', 'Y', '=', '==', '===', '====',
    'a=', 'a==', 'a===', 'ab=', 'ab==', 'ab===', 'abc=', 'abc==', 'abcd=', 'abcd==', 'abcd====', 'ab\tcd', 'ab c d',
    'ab\u000Bcd', 'ab\u00A0cd', 'A', 'AA', 'AAA', 'AB', 'ABC', '/A', '+/+/', '-_-_', 'ab=c', '=abc', 'YR==', 'YWI=', 'Y Q = =',
    '\u0141', 'aW5k\u2028', '////', undefined, null, 12, 1.5, true, NaN, {}, [1]];
for (const input of inputs) {
    try { log('atob', input, atob(input)); } catch (error) { log('atob', input, error.name, error.code); }
    try { log('btoa', input, btoa(input)); } catch (error) { log('btoa', input, error.name, error.code); }
}
log(btoa('\u0000\u00FF\u0080'), atob(btoa('\u0000\u00FF\u0080')));
