"""Entities of an object, nested ones included (RFC 9083 section 5.1), named by jCard (RFC 7095) or JSContact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipattr.model import Field, RegistryEntity
from ipattr.sources.rdap.events import read_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.sources.rdap.document import Document

_JSCARDS = ("jscard", "jscard_0", "jsCard")
_PROPERTY_SIZE = 4
_LISTS = {"fn": "names", "org": "organisations", "adr": "addresses", "email": "contacts", "tel": "contacts"}
_MEMBERS = {
    "names": ("/name/full", "/fullName"),
    "kind": ("/kind",),
}
_MAPS = {
    "organizations": ("organisations", ("/name",)),
    "addresses": ("addresses", ("/full", "/fullAddress")),
    "emails": ("contacts", ("/address", "/email")),
    "phones": ("contacts", ("/number", "/phone")),
}


def read_entities(document: Document, pointer: str) -> tuple[RegistryEntity, ...]:
    """Return every entity of the object at ``pointer``, each before those nested in it."""
    found = []
    for place, item in document.items(f"{pointer}/entities"):
        if isinstance(item, dict):
            found.append(_entity(document, place))
            found += read_entities(document, place)
    return tuple(found)


def read_remarks(document: Document, pointer: str, name: str = "remarks") -> tuple[Field, ...]:
    """Return the titles and lines of every remark or notice (RFC 9083 section 4.3), and where its links lead."""
    lines: list[Field] = []
    for place, item in document.items(f"{pointer}/{name}"):
        if not isinstance(item, dict):
            continue
        lines += document.texts(f"{place}/title")
        lines += document.texts(f"{place}/description")
        for link, _ in document.items(f"{place}/links"):
            lines += document.texts(f"{link}/href")
    return tuple(lines)


def read_notices(document: Document) -> tuple[Field, ...]:
    """Return the notices of the whole answer, read once: every record of a history asks for them."""
    if document.notices is None:
        document.notices = read_remarks(document, "", "notices")
    return document.notices


def _entity(document: Document, place: str) -> RegistryEntity:
    """Read one entity."""
    card: dict[str, list[Field]] = {"names": [], "organisations": [], "addresses": [], "contacts": [], "kind": []}
    for key, field in (*_vcard(document, place), *_jscards(document, place)):
        card[key].append(field)
    return RegistryEntity(
        at=place,
        handle=document.field(f"{place}/handle"),
        roles=document.texts(f"{place}/roles"),
        kind=card["kind"][0] if card["kind"] else None,
        names=tuple(card["names"]),
        organisations=tuple(card["organisations"]),
        addresses=tuple(card["addresses"]),
        contacts=tuple(card["contacts"]),
        events=read_events(document, place),
        remarks=read_remarks(document, place),
    )


def _vcard(document: Document, place: str) -> Iterator[tuple[str, Field]]:
    """Yield the properties of a jCard by the list they belong to; a part that is none is remarked on (IPA805)."""
    card = document.at(f"{place}/vcardArray")
    if card is None:
        return
    properties = card[1] if isinstance(card, list) and len(card) > 1 and isinstance(card[1], list) else None
    if properties is None:
        _unread(document, f"{place}/vcardArray")
        return
    kinds = 0
    for index, item in enumerate(properties):
        at = f"{place}/vcardArray/1/{index}"
        if not isinstance(item, list) or len(item) < _PROPERTY_SIZE or not isinstance(item[0], str):
            _unread(document, at)
            continue
        name = item[0].lower()
        if name == "kind" and isinstance(item[3], str) and not kinds:
            kinds += 1
            yield from (("kind", field) for field in document.texts(f"{at}/3"))
        elif name in _LISTS:
            if name == "adr" and isinstance(item[1], dict):
                yield from (("addresses", field) for field in document.texts(f"{at}/1/label"))
            for value in range(3, len(item)):
                yield from ((_LISTS[name], field) for field in document.texts(f"{at}/{value}"))


def _jscards(document: Document, place: str) -> Iterator[tuple[str, Field]]:
    """Yield the properties of a JSContact card (RFC 9553, and its drafts) by the list they belong to."""
    for name in _JSCARDS:
        at = f"{place}/{name}"
        if not isinstance(document.at(at), dict):
            continue
        for key, paths in _MEMBERS.items():
            for path in paths:
                fields = document.texts(at + path)
                yield from ((key, field) for field in (fields if key != "kind" else fields[:1]))
        for member, (key, paths) in _MAPS.items():
            for entry in _keys(document.at(f"{at}/{member}")):
                for path in paths:
                    yield from ((key, field) for field in document.texts(f"{at}/{member}/{entry}{path}"))


def _keys(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - a JSON value
    """Return the member names of an object as pointer tokens."""
    return tuple(name.replace("~", "~0").replace("/", "~1") for name in value) if isinstance(value, dict) else ()


def _unread(document: Document, place: str) -> None:
    """Remark on a jCard, or a property of one, that is none."""
    document.remark(
        "IPA805",
        "notice",
        place,
        ja="jCard（RFC 7095）の形ではない。値は other に残した。",
        en="It has not the form of a jCard (RFC 7095); its values are kept under other.",
    )
