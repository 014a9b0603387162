"""Headers of exchanges for the tests of the readers, and the values that a reply holds by their pointers."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from ipattr.model import Exchange, Field, HolderName, Question, RegistryEvent, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Delivery, Protocol, QuestionKind, SourceName

RECEIVED = datetime(2026, 11, 21, 3, 4, 5, tzinfo=UTC)
FRAMED = (("content-type", "application/rdap+json"), ("content-length", "0"))
UNFRAMED = (("content-type", "application/rdap+json"),)


def exchange(
    body: bytes,
    *,
    kind: QuestionKind = "ip",
    subject: str = "192.0.2.1",
    source: SourceName = "rdap",
    protocol: Protocol = "rdap",
    code: int | None = 200,
    headers: tuple[tuple[str, str], ...] = FRAMED,
    delivery: Delivery = "complete",
) -> Exchange:
    """Return the header of one exchange that brought ``body``."""
    return Exchange(
        question=Question(source=source, kind=kind, subject=subject),
        server="rdap-apnic",
        protocol=protocol,
        endpoint="https://rdap.apnic.net/",
        hops=(),
        sent=RECEIVED,
        received=RECEIVED,
        delivery=delivery,
        status_code=code,
        headers=headers,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        tool_version="0",
    )


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a JSON value
    """Yield pointer and value of every scalar: an own walk, not the one under test."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from leaves(child, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from leaves(child, f"{pointer}/{index}")
    else:
        yield pointer, value


def held(value: object) -> Iterator[tuple[str, str]]:
    """Yield pointer and text of everything that a reply, or a part of one, holds."""
    if isinstance(value, Field):
        yield value.at, value.value
    elif isinstance(value, RegistryEvent):
        yield value.text.at, value.text.value
        yield f"{value.text.at.removesuffix('eventDate')}eventAction", value.action
    elif isinstance(value, tuple):
        for item in value:
            yield from held(item)
    elif isinstance(value, msgspec.Struct) and not isinstance(value, HolderName):
        for name in value.__struct_fields__:
            yield from held(getattr(value, name))


def shown(value: Any) -> str:  # noqa: ANN401 - a JSON scalar
    """Return the text of a scalar as it stands in JSON, a string without its quotes."""
    return (
        {None: "null", True: "true", False: "false"}[value]
        if value is None or value is True or value is False
        else str(value)
    )


def assert_nothing_lost(document: Any, reply: Reply) -> None:  # noqa: ANN401 - a JSON value
    """Hold the pointers and texts of a document against those of its reply: none missing, none other."""
    assert dict(held(reply)) == {pointer: shown(value) for pointer, value in leaves(document)}
