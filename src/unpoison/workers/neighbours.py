"""The workers that bindings of one worker may name: itself, and those it was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from unpoison.errors import ConfigError
from unpoison.workers.config import Config, ObjectBinding
from unpoison.workers.failures import ObjectError, OverloadedError, text_of
from unpoison.workers.ids import IdSpace, ObjectId
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.objects import Objects


class Served(Protocol):
    """A worker, as its neighbours see it."""

    @property
    def name(self) -> str:
        """The name in its configuration."""

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

    def find(self, name: str) -> Served:
        """Give a worker. KeyError when there is none of that name."""
        return self._workers[name]

    def service(self, name: str) -> ServiceOf:
        """Give what a service binding to a worker reaches."""
        return ServiceOf(self, name)

    def objects(self, binding: ObjectBinding) -> ObjectsOf:
        """Give what a binding to a class of objects reaches."""
        script = binding.script or self._own
        return ObjectsOf(self, script, binding.class_name)

    def check(self, config: Config) -> None:
        """Raise ConfigError for a binding to a worker, or a class of one, that is not here."""
        where = str(config.path or config.folder)
        self._check_names(((each.name, each.service) for each in config.services), where)
        for binding in config.objects:
            script = binding.script or self._own
            self._check_names([(binding.name, script)], where)
            if binding.class_name not in self._workers[script].objects:
                raise ConfigError(
                    f"the binding {binding.name} names the class {binding.class_name}, which the "
                    f"module of {script} does not export",
                    where,
                )

    def _check_names(self, bindings: Iterable[tuple[str, str]], where: str) -> None:
        for binding, name in bindings:
            if name not in self._workers:
                raise ConfigError(
                    f"the binding {binding} names the worker {name!r}, which is not here; "
                    "give it in services",
                    where,
                )


@dataclass(frozen=True, slots=True)
class ServiceOf:
    """See ports.ServicePort."""

    neighbours: Neighbours
    name: str

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """See ServicePort."""
        try:
            return await self.neighbours.find(self.name).serve(request)
        except ObjectError:
            raise
        except Exception as error:
            overloaded = isinstance(error, OverloadedError)
            raise ObjectError(text_of(error), remote=True, overloaded=overloaded) from error


class ObjectsOf:
    """See ports.NamespacePort."""

    def __init__(self, neighbours: Neighbours, script: str, class_name: str) -> None:
        self._neighbours = neighbours
        self._script = script
        self._class_name = class_name
        self.ids = IdSpace(f"{script}-{class_name}")

    async def fetch(self, id: ObjectId, request: HttpRequest) -> HttpResponse:  # noqa: A002
        """See NamespacePort."""
        objects = self._neighbours.find(self._script).objects[self._class_name]
        return await objects.fetch(id, request)
