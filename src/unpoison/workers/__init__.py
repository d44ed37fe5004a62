"""Rust Workers behind HTTP: many instances, Durable Objects, their storage."""

from unpoison.workers.blueprints import Blueprint, make_workers, read_blueprint
from unpoison.workers.clock import Clock, ManualClock, SystemClock
from unpoison.workers.config import Config
from unpoison.workers.config_reading import config_for, find_config, read_config
from unpoison.workers.extras import INSTALL, missing_packages
from unpoison.workers.failures import ObjectError, OverloadedError
from unpoison.workers.hosting import Host, Ports, asgi, host
from unpoison.workers.http_limits import HttpLimits
from unpoison.workers.isolation import MAX_INSTANCES
from unpoison.workers.logs import TaggedFormatter
from unpoison.workers.logs import install as install_logs
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.module_file import find_module
from unpoison.workers.observers import Exchange, Incident, Observer, Population
from unpoison.workers.reloading import Reloader, Report
from unpoison.workers.response import Response
from unpoison.workers.server import Server, run, serve, serving, unless_stopped
from unpoison.workers.sockets import SocketEnd, SocketListener
from unpoison.workers.worker import Worker

__all__ = [
    "INSTALL",
    "MAX_INSTANCES",
    "Blueprint",
    "Clock",
    "Config",
    "Exchange",
    "Host",
    "HttpLimits",
    "HttpRequest",
    "HttpResponse",
    "Incident",
    "ManualClock",
    "ObjectError",
    "Observer",
    "OverloadedError",
    "Population",
    "Ports",
    "Reloader",
    "Report",
    "Response",
    "Server",
    "SocketEnd",
    "SocketListener",
    "SystemClock",
    "TaggedFormatter",
    "Worker",
    "asgi",
    "config_for",
    "find_config",
    "find_module",
    "host",
    "install_logs",
    "make_workers",
    "missing_packages",
    "read_blueprint",
    "read_config",
    "run",
    "serve",
    "serving",
    "unless_stopped",
]
