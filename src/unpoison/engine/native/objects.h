/* What Cython cannot say about Python's objects. */

#include <structmember.h>
#include <pythread.h>

/* Where the instances of a class with __slots__ keep an attribute; -1 with an error set. */
static Py_ssize_t unpoison_slot(PyObject *type, PyObject *name) {
    PyObject *found = PyObject_GetAttr(type, name);
    if (found == NULL) return -1;
    PyMemberDef *member = NULL;
    if (Py_IS_TYPE(found, &PyMemberDescr_Type))
        member = ((PyMemberDescrObject *)found)->d_member;
    Py_DECREF(found);
    if (member == NULL || member->type != T_OBJECT_EX) {
        PyErr_Format(PyExc_TypeError, "%R is no slot of %R", name, type);
        return -1;
    }
    return member->offset;
}

/* Make the type callable by the vectorcall protocol, also as a method. Before its first use. */
static void unpoison_vectorcall(PyObject *class, Py_ssize_t offset) {
    PyTypeObject *type = (PyTypeObject *)class;
    type->tp_vectorcall_offset = offset;
    type->tp_call = PyVectorcall_Call;
    type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR;
    PyType_Modified(type);
}

#define unpoison_at(object, offset) (*(PyObject **)((char *)(object) + (offset)))
/* Put a new reference, which is given up, into a slot. */
static inline void unpoison_put(void *object, Py_ssize_t offset, PyObject *value) {
    PyObject *before = unpoison_at(object, offset);
    unpoison_at(object, offset) = value;
    Py_XDECREF(before);
}

#define unpoison_is(object, type) (Py_TYPE(object) == (PyTypeObject *)(type))
#define unpoison_is_instance(object, type) PyObject_TypeCheck(object, (PyTypeObject *)(type))
#define unpoison_raise(error) PyErr_SetObject((PyObject *)Py_TYPE(error), error)

/* Take the exception that is set, which is a new reference then. */
static PyObject *unpoison_fetch(void) {
#if PY_VERSION_HEX >= 0x030c0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) return NULL;
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL) PyException_SetTraceback(value, traceback);
    Py_DECREF(type);
    Py_XDECREF(traceback);
    return value;
#endif
}

/* The bytes of a str that needs no encoding, else NULL. */
static inline const char *unpoison_ascii(PyObject *text, Py_ssize_t *size) {
    if (!PyUnicode_IS_COMPACT_ASCII(text)) return NULL;
    *size = PyUnicode_GET_LENGTH(text);
    return (const char *)PyUnicode_DATA(text);
}
