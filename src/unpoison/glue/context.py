"""What all parts of the text know of one module: its names, its exports, what may happen to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from unpoison.bindgen import (
    Class,
    Closure,
    Function,
    ImportKind,
    Interface,
    NotBound,
    Ref,
    Scalar,
    StructType,
    Type,
    find_parents,
)
from unpoison.eh import Dialect
from unpoison.glue.names import Names, member
from unpoison.glue.options import GlueOptions, Target
from unpoison.transform import Adapted, AdaptedExport

_UNIT = Scalar("unit")


@dataclass(frozen=True)
class Context:
    """One module, and how its JavaScript is to be.

    `closures` numbers the closure types that the text meets, in the order of their first meeting.
    """

    interface: Interface
    adapted: Adapted
    target: Target
    options: GlueOptions
    names: Names
    closures: dict[Type, int] = field(default_factory=dict)

    @property
    def recovers(self) -> bool:
        """Whether the module can die: it catches exceptions, and has a word that says so."""
        has_word = self.interface.terminated_word is not None
        return self.adapted.dialect is not Dialect.NONE and has_word

    @property
    def resets(self) -> bool:
        """Whether another instance may take this one's place, which a bundler never lets happen."""
        if self.target == "bundler":
            return False
        return (
            self.options.reset_state
            or self.options.renew_after_abort
            or any(
                item.kind is ImportKind.INTRINSIC and item.name == "__wbindgen_reinit"
                for item in self.interface.imports
            )
        )

    @property
    def keeps_promises(self) -> bool:
        """Whether the module makes promises that its end would leave pending."""
        return self.is_guarded and any(
            item.kind is ImportKind.CONSTRUCTOR and item.path == ("Promise",)
            for item in self.interface.imports
        )

    @property
    def is_guarded(self) -> bool:
        """Whether something is to be done before each call."""
        return self.recovers or self.resets

    def call(self, symbol: str, arguments: str) -> str:
        """Give the expression that calls an export of the module."""
        return f"{self.function(symbol)}({arguments})"

    def function(self, symbol: str) -> str:
        """Give the expression for an export of the module. Raises NotBound when it has none."""
        return f"$wasm{member(self.export(symbol).name)}"

    def export(self, symbol: str) -> AdaptedExport:
        """Give what is known of an export. Raises NotBound when the module has none."""
        found = self.adapted.exports.get(symbol)
        if found is None:
            raise NotBound(Ref(Function(0, (), _UNIT, _UNIT)), f"there is no export {symbol}")
        return found

    def closure(self, type_: Type) -> int:
        """Give the number of a closure type."""
        return self.closures.setdefault(type_, len(self.closures))

    def closure_export(self, type_: Type) -> AdaptedExport:
        """Give the export that calls a closure. Raises NotBound when the module has none."""
        wanted = as_closure(type_)
        for item in self.adapted.closures:
            if item.shim.closure == wanted:
                return item.export
        raise NotBound(type_, "the module has no function that calls such a closure")

    def parent(self, cls: Class) -> Class | None:
        """Give the class that a class extends."""
        return find_parents(self.interface.classes).get((cls.key, cls.crate))

    def family(self, cls: Class) -> list[Class]:
        """Give a class and its ancestors, the nearest first."""
        found, parents = [cls], find_parents(self.interface.classes)
        while (parent := parents.get((found[-1].key, found[-1].crate))) is not None:
            found.append(parent)
        return found

    def has_family(self, cls: Class) -> bool:
        """Tell whether a class has a parent or a child."""
        parents = find_parents(self.interface.classes)
        keys = {*parents, *((parent.key, parent.crate) for parent in parents.values())}
        return (cls.key, cls.crate) in keys

    def class_of(self, type_: StructType) -> Class:
        """Give the class of a struct. Raises NotBound when the module declares none."""
        for cls in self.interface.classes:
            if (cls.key, cls.crate) == (type_.name, type_.crate):
                return cls
        raise NotBound(type_, "the module declares no such class")

    def pointer(self, cls: Class) -> str:
        """Give the property of an object that holds its pointer as one of a class."""
        if self.has_family(cls):
            return f"__wbg_ptr_{self.names.cls(StructType(cls.key, cls.crate))}"
        return "__wbg_ptr"


def as_closure(type_: Type) -> Closure:
    """Give a closure type, or `&dyn Fn` and `&mut dyn FnMut` as a borrowed one."""
    match type_:
        case Closure():
            return type_
        case Ref(Function() as function, mutable):
            return Closure(owned=False, mutable=mutable, function=function)
        case Function():
            return Closure(owned=False, mutable=False, function=type_)
    raise NotBound(type_, "it is no closure")
