"""What every test stands on: no network beyond loopback, and the folders that tests read."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ipattr.registry import Registry, open_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry_world import World

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def _is_local(family: int, address: object) -> bool:
    if family == socket.AF_UNIX:
        return True
    host = str(address[0]) if isinstance(address, tuple) and address else ""
    return host.startswith("127.") or host in {"::1", "localhost", ""}


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every connection and datagram beyond loopback, and fail the test even where the refusal was swallowed."""
    attempts: list[str] = []

    def guarded(name: str, position: int) -> None:
        original: Callable[..., Any] = getattr(socket.socket, name)

        def call(self: socket.socket, *arguments: Any) -> Any:  # noqa: ANN401 - the socket's own signature
            address = arguments[position] if position >= 0 else arguments[-1]
            if not _is_local(self.family, address):
                attempts.append(f"{name}: {address!r}")
                message = f"network beyond loopback in a test: {name} {address!r}"
                raise PermissionError(message)
            return original(self, *arguments)

        monkeypatch.setattr(socket.socket, name, call)

    guarded("connect", 0)
    guarded("connect_ex", 0)
    guarded("sendto", -1)
    yield
    assert not attempts, attempts


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def facts() -> Path:
    """Return the folder of the compiled facts, or skip, saying so, where it does not lie beside the checkout."""
    folder = SHARED / "facts"
    if not folder.is_dir():
        pytest.skip("shared/facts does not lie beside this checkout")
    return folder


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return the shipped data, compiled once per test process."""
    return open_registry()


@pytest.fixture(scope="session")
def all_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return every registry on loopback, started once per test process."""
    from registry_world import World

    world = World(tmp_path_factory.mktemp("world"))
    yield world
    world.close()


@pytest.fixture
def world(all_servers: World) -> World:
    """Return every registry on loopback, none of which has seen a request."""
    all_servers.forget()
    return all_servers
