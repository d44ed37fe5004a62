const plain = new DOMException();
log(plain.name, plain.message, plain.code, String(plain), plain instanceof Error, plain instanceof DOMException);
const named = new DOMException('m', 'AbortError');
log(named, named.code, DOMException.ABORT_ERR, named.ABORT_ERR, Object.prototype.toString.call(named));
const names = ['IndexSizeError', 'HierarchyRequestError', 'WrongDocumentError', 'InvalidCharacterError',
    'NoModificationAllowedError', 'NotFoundError', 'NotSupportedError', 'InUseAttributeError',
    'InvalidStateError', 'SyntaxError', 'InvalidModificationError', 'NamespaceError', 'InvalidAccessError',
    'TypeMismatchError', 'SecurityError', 'NetworkError', 'AbortError', 'URLMismatchError',
    'TimeoutError', 'InvalidNodeTypeError', 'DataCloneError', 'DataError', 'Error', 'x', ''];
for (const name of names) log(name, new DOMException('', name).code);
log(new DOMException('m', { name: 'DataCloneError', cause: 5 }).cause);
log(new DOMException(undefined, undefined).name, new DOMException(null, null), new DOMException(5, 6));
const constants = ['INDEX_SIZE_ERR', 'DOMSTRING_SIZE_ERR', 'NO_DATA_ALLOWED_ERR', 'VALIDATION_ERR',
    'TYPE_MISMATCH_ERR', 'SECURITY_ERR', 'QUOTA_EXCEEDED_ERR', 'DATA_CLONE_ERR'];
for (const name of constants) log(name, DOMException[name], plain[name]);
try { DOMException('m'); } catch (error) { log(error.name); }
try { throw named; } catch (error) { log(error === named, error.name); }
