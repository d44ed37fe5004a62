"""The text of exported classes and enums, and what makes, takes and frees their objects."""

from __future__ import annotations

from collections.abc import Sequence

from unpoison.bindgen import Class, EnumDef, ExportKind, StructType
from unpoison.glue.call_source import indent
from unpoison.glue.context import Context
from unpoison.glue.function_source import FunctionSource, doc_comment
from unpoison.glue.names import key, literal, member

_READERS = (ExportKind.GETTER, ExportKind.FIELD_GETTER)
_FREED = "free cannot be invoked through subclass prototype dispatch"


class ClassSource:
    """Makes the text of the classes of a module, parents first."""

    def __init__(self, context: Context, functions: FunctionSource) -> None:
        self._context = context
        self._functions = functions

    def classes(self) -> list[Class]:
        """Give the classes in an order in which each comes after its parent."""
        waiting, found = list(self._context.interface.classes), list[Class]()
        while waiting:
            ready = [cls for cls in waiting if self._is_ready(cls, found)]
            found += ready
            waiting = [cls for cls in waiting if cls not in ready]
        return found

    def _is_ready(self, cls: Class, found: Sequence[Class]) -> bool:
        parent = self._context.parent(cls)
        return parent is None or parent in found

    def declaration(self, cls: Class) -> list[str]:
        """Give a class declaration, and the functions for its objects."""
        local, parent = self._local(cls), self._context.parent(cls)
        extends = "" if parent is None else f" extends {self._local(parent)}"
        lines = [*doc_comment(cls.docs), f"class {local}{extends} {{"]
        for export in cls.members:
            lines += indent(self._functions.member(cls, export))
        lines += indent([*self._inspection(cls), *self._free(cls)])
        lines.append("}")
        name = "__".join((*cls.namespace, cls.name))
        if local != name:
            named = f"{{ value: {literal(name)} }}"
            lines.append(f'Object.defineProperty({local}, "name", {named});')
        if cls.free is not None:
            lines.append(f"if (Symbol.dispose) {local}.prototype[Symbol.dispose] = "
                         f"{local}.prototype.free;")  # fmt: skip
        return lines

    def _local(self, cls: Class) -> str:
        return self._context.names.cls(StructType(cls.key, cls.crate))

    def _inspection(self, cls: Class) -> list[str]:
        if not cls.inspectable:
            return []
        shown = dict.fromkeys(item.property or "" for item in cls.members if item.kind in _READERS)
        names = [name for name in shown if not name.startswith("[")]
        lines = ["toJSON() {", "    return {"]
        lines += [f"        {key(name)}: this{member(name)}," for name in names]
        lines += ["    };", "}", "toString() {", "    return JSON.stringify(this);", "}"]
        if self._context.target == "node":
            lines += [
                '[Symbol.for("nodejs.util.inspect.custom")]() {',
                "    const bare = Object.create({ constructor: this.constructor });",
                "    return Object.assign(bare, this.toJSON());",
                "}",
            ]
        return lines

    def _free(self, cls: Class) -> list[str]:
        if cls.free is None:
            return []
        name, local = literal(self._context.export(cls.free).name), self._local(cls)
        if not self._context.has_family(cls):
            return ["free() {", f"    $free(this, {name}, $take);", "}"]
        exact = f'$exact(this, "{self._context.pointer(cls)}", "{cls.name}: {_FREED}");'
        return ["free() {", f"    {exact}", f"    $free(this, {name}, $take{local});", "}"]

    def object_functions(self, cls: Class) -> list[str]:
        """Give the functions that adopt a pointer, wrap one, and take one back."""
        local = self._local(cls)
        lines = ["", *self._adopt(cls, local), "", f"function $wrap{local}(ptr) {{"]
        lines += [f"    return $adopt{local}(Object.create({local}.prototype), ptr);", "}"]
        return [*lines, "", *self._take(cls, local)] if self._context.has_family(cls) else lines

    def _adopt(self, cls: Class, local: str) -> list[str]:
        context = self._context
        if not context.has_family(cls):
            body = "$register(object, [])"
            if cls.free is not None:
                body = f"$adopt(object, ptr, {literal(context.export(cls.free).name)})"
            return [f"function $adopt{local}(object, ptr) {{", f"    return {body};", "}"]
        family = context.family(cls)
        own = context.pointer(cls)
        lines = [f"object.__wbg_ptr = object.{own} = ptr;"]
        pointers = []
        for child, ancestor in zip(family, [*family[1:], None], strict=True):
            if child.free is not None:
                name = literal(context.export(child.free).name)
                pointers.append(f"[{name}, object.{context.pointer(child)}]")
            if ancestor is not None and child.upcast is not None:
                value = context.call(child.upcast, f"object.{context.pointer(child)}")
                lines.append(f"object.{context.pointer(ancestor)} = {value} >>> 0;")
        lines.append(f"return $register(object, [{', '.join(pointers)}]);")
        return [f"function $adopt{local}(object, ptr) {{", *indent(lines), "}"]

    def _take(self, cls: Class, local: str) -> list[str]:
        """Take an object's own pointer; those as its ancestors are let go."""
        context = self._context
        ancestors = context.family(cls)[1:]
        lines = ["const ptr = $take(object);"]
        for other in ancestors:
            lines.append(f"const ptr_{self._local(other)} = object.{context.pointer(other)};")
        zeroed = [f"object.{context.pointer(other)} = " for other in (cls, *ancestors)]
        lines.append(f"{''.join(zeroed)}0;")
        for other in ancestors:
            if other.free is not None:
                free = literal(context.export(other.free).name)
                pointer = f"ptr_{self._local(other)}"
                lines.append(f"if ({pointer}) $discard({free}, {pointer}, 1);")
        return [f"function $take{local}(object) {{", *indent([*lines, "return ptr;"]), "}"]

    def enum(self, enum: EnumDef, local: str) -> list[str]:
        """Give the object of a numeric enum, or the array of a string enum's variants."""
        if enum.hole is None:
            values = ", ".join(literal(str(variant.value)) for variant in enum.variants)
            return [f"const {local} = [{values}];"]
        lines = [*doc_comment(enum.docs), f"const {local} = Object.freeze({{"]
        for variant in enum.variants:
            lines += indent(doc_comment(variant.docs))
            name = literal(variant.name)
            lines.append(f'    {key(variant.name)}: {variant.value}, "{variant.value}": {name},')
        return [*lines, "});"]
