"""The workers that bindings of one worker may name: itself, and those it was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from unpoison.errors import ConfigError
from unpoison.workers.config import Config, ObjectBinding, ServiceBinding
from unpoison.workers.failures import ObjectError, OverloadedError, remote_error, text_of
from unpoison.workers.ids import IdSpace, ObjectId
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.objects import Objects


class Served(Protocol):
    """A worker, as its neighbours see it."""

    @property
    def name(self) -> str:
        """The name in its configuration."""

    @property
    def names_errors(self) -> bool:
        """Whether an error of it keeps its name on the way to a caller."""

    @property
    def objects(self) -> Mapping[str, Objects]:
        """Its Durable Objects by their class."""

    async def serve(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, or raise how it failed."""


class Neighbours:
    """Workers by their names. A binding looks for its worker when it is used."""

    def __init__(self, own: Served) -> None:
        self._own = own.name
        self._workers: dict[str, Served] = {own.name: own}

    def add(self, worker: Served, *, replace: bool = True) -> None:
        """Know a worker; without `replace` one of that name that is known stays."""
        if replace or worker.name not in self._workers:
            self._workers[worker.name] = worker

    def find(self, binding: str, name: str) -> Served:
        """Give the worker that a binding names. Raises ObjectError when it is not here."""
        worker = self._workers.get(name)
        if worker is None:
            raise ObjectError(
                f"the binding {binding} names the worker {name!r}, which is not here; "
                "give it with --with, or in services"
            )
        return worker

    def service(self, binding: ServiceBinding) -> ServiceOf:
        """Give what a service binding to a worker reaches."""
        return ServiceOf(self, binding)

    def objects(self, binding: ObjectBinding) -> ObjectsOf:
        """Give what a binding to a class of objects reaches."""
        return ObjectsOf(self, binding, binding.script or self._own)

    def check(self, config: Config) -> None:
        """Raise ConfigError for a binding to a class that the own module does not export."""
        for binding in config.objects:
            own = self._workers[self._own]
            if binding.script in (None, own.name) and binding.class_name not in own.objects:
                raise ConfigError(_no_class(binding, own.name), str(config.path or config.folder))

    def missing(self, config: Config) -> Iterator[str]:
        """Say which bindings are of workers that are not here, or of classes they do not have."""
        named = [(each.name, each.service) for each in config.services]
        named += [(each.name, each.script or self._own) for each in config.objects]
        for binding, name in named:
            if name not in self._workers:
                yield f"{binding} is of the worker {name}, which is not here; its use is refused"
        for each in config.objects:
            other = self._workers.get(each.script or self._own)
            if other is not None and each.class_name not in other.objects:
                yield f"{_no_class(each, other.name)}; its use is refused"


def _no_class(binding: ObjectBinding, script: str) -> str:
    return (
        f"the binding {binding.name} names the class {binding.class_name}, which the module of "
        f"{script} does not export"
    )


@dataclass(frozen=True, slots=True)
class ServiceOf:
    """See ports.ServicePort."""

    neighbours: Neighbours
    binding: ServiceBinding

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """See ServicePort."""
        other = self.neighbours.find(self.binding.name, self.binding.service)
        try:
            return await other.serve(request)
        except ObjectError:
            raise
        except OverloadedError as error:
            raise ObjectError(text_of(error), remote=True, overloaded=True) from error
        except Exception as error:
            raise remote_error(error, keeps_name=other.names_errors) from error


class ObjectsOf:
    """See ports.NamespacePort."""

    def __init__(self, neighbours: Neighbours, binding: ObjectBinding, script: str) -> None:
        self._neighbours = neighbours
        self._binding = binding
        self._script = script
        self.ids = IdSpace(f"{script}-{binding.class_name}")

    async def fetch(self, id: ObjectId, request: HttpRequest) -> HttpResponse:  # noqa: A002
        """See NamespacePort."""
        other = self._neighbours.find(self._binding.name, self._script)
        objects = other.objects.get(self._binding.class_name)
        if objects is None:
            raise ObjectError(_no_class(self._binding, other.name))
        return await objects.fetch(id, request)
