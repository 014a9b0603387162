"""One ``ip network`` or ``autnum`` object (RFC 9083 sections 5.4 and 5.5) as the values of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses import to_text
from ipattr.model import HolderName, Record, RegisteredAutnum, RegisteredNetwork
from ipattr.sources.rdap.entities import read_entities, read_notices, read_remarks
from ipattr.sources.rdap.events import read_events
from ipattr.sources.rdap.holders import (
    holder_names,
    is_placeholder,
    points_to_jpnic,
    referred_to,
    registry_at,
    registry_named,
    source_stated,
)
from ipattr.sources.rdap.ranges import compare_cidrs, range_cidrs, read_range

if TYPE_CHECKING:
    from ipattr.model import Field, RegistryEntity
    from ipattr.sources.rdap.document import Document

_WIDE = {4: 1 << 24, 6: 1 << 116}


class Named(Record, frozen=True, kw_only=True):
    """Who an object names: the holders, the registry referred to, and whether it is no registration at all."""

    holders: tuple[HolderName, ...]
    refers_to: str
    placeholder: bool


def read_network(document: Document, pointer: str) -> RegisteredNetwork | None:
    """Return the network at ``pointer``; None when its range cannot be read."""
    found = read_range(document, pointer)
    if found is None:
        return None
    version, first, last = found
    cidrs = range_cidrs(version, first, last)
    compare_cidrs(document, pointer, cidrs)
    entities = read_entities(document, pointer)
    remarks = read_remarks(document, pointer)
    registry = _registry(document, pointer)
    name = document.field(f"{pointer}/name")
    wide = last - first + 1 >= _WIDE[version]
    named = name_holder(document, pointer, entities=entities, remarks=remarks, registry=registry, wide=wide)
    return RegisteredNetwork(
        first=to_text(version, first),
        last=to_text(version, last),
        version=version,
        cidrs=cidrs,
        layout="rdap",
        registry=registry,
        handle=document.field(f"{pointer}/handle"),
        name=name,
        type=document.field(f"{pointer}/type"),
        country=document.field(f"{pointer}/country"),
        parent=document.field(f"{pointer}/parentHandle"),
        statuses=document.texts(f"{pointer}/status"),
        holders=named.holders,
        refers_to=named.refers_to,
        entities=entities,
        events=read_events(document, pointer),
        remarks=remarks,
    )


def read_number(document: Document, pointer: str) -> RegisteredAutnum | None:
    """Return the AS number (or range) at ``pointer``; None when its numbers cannot be read."""
    first, last = (_number(document, f"{pointer}/{name}") for name in ("startAutnum", "endAutnum"))
    if first is None or last is None or first > last:
        return None
    entities = read_entities(document, pointer)
    remarks = read_remarks(document, pointer)
    registry = _registry(document, pointer)
    named = name_holder(document, pointer, entities=entities, remarks=remarks, registry=registry, wide=False)
    return RegisteredAutnum(
        first=first,
        last=last,
        handle=document.field(f"{pointer}/handle"),
        name=document.field(f"{pointer}/name"),
        country=document.field(f"{pointer}/country"),
        statuses=document.texts(f"{pointer}/status"),
        holders=named.holders,
        refers_to=named.refers_to,
        entities=entities,
        events=read_events(document, pointer),
        remarks=remarks,
    )


def name_holder(
    document: Document,
    pointer: str,
    *,
    entities: tuple[RegistryEntity, ...],
    remarks: tuple[Field, ...],
    registry: str,
    wide: bool,
) -> Named:
    """Say whom the object names, and remark where that is no holder (IPA806, IPA807).

    Within a history nothing is remarked: the blocks above the one asked for are placeholders by nature. ``wide`` marks
    a block of the size that only registries are given: held by a registry, it is a placeholder.
    """
    given = document.at(f"{pointer}/name")
    name = given if isinstance(given, str) else ""
    names = tuple(holder_names(entities, remarks, registry))
    registries = [found for found in (registry_named(one.text) for one in names) if found]
    placeholder = is_placeholder(name) or (wide and bool(registries))
    pointed = _told(document)[1] or points_to_jpnic(remarks)
    refers_to = "JPNIC" if pointed else referred_to(name, entities) or next(iter(registries), "")
    if refers_to in {registry, "IANA"}:
        refers_to = ""
    if placeholder:
        if not pointer:
            document.remark(
                "IPA806",
                "warning",
                "/name",
                ja="登録簿が空間全体のために置いた見出しで、個別の登録ではない。名義人は分からない。",
                en="A placeholder of a registry for whole space, no registration of its own: it names no holder.",
            )
        return Named(holders=(), refers_to=refers_to, placeholder=True)
    holders = tuple(one for one in names if not registry_named(one.text))
    if not pointer and not holders and (refers_to or registries):
        whom = refers_to or registries[0]
        document.remark(
            "IPA807",
            "notice",
            pointer,
            ja=f"この回答が名を挙げるのは登録機関 {whom} だけ。名義人ではない。",
            en=f"This answer names a registry only, {whom}; that is no holder.",
        )
    return Named(holders=holders, refers_to=refers_to, placeholder=False)


def _registry(document: Document, pointer: str) -> str:
    """Return whose data the object is."""
    port43 = document.at(f"{pointer}/port43") or document.at("/port43")
    return _told(document)[0] or registry_at(port43 if isinstance(port43, str) else "")


def _told(document: Document) -> tuple[str, bool]:
    """Return what the notices of the whole answer tell, worked out once: its source, and whether JPNIC has more."""
    if document.told is None:
        notices = read_notices(document)
        document.told = source_stated(notices), points_to_jpnic(notices)
    return document.told


def _number(document: Document, place: str) -> int | None:
    """Return one AS number, written as a number or (wrongly, but done) as digits."""
    value = document.at(place)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:  # noqa: PLR2004 - digits of 2^32
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 32 else None
