"""One object of a registry's WHOIS answer as a registered network, in the four registries' ways of writing it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

from ipattr.model import Field, RegisteredNetwork, RegistryEntity, RegistryEvent
from ipattr.sources.rdap.holders import registry_named
from ipattr.sources.whois_lines import Span, holder, read_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import HolderName
    from ipattr.sources.rirwhois.objects import Attribute, Document, RegistryObject

Layout = Literal["rpsl", "arin", "lacnic"]

NETWORKS = ("inetnum", "inet6num", "netrange")
_REFERRED = {
    "JPNIC": (
        re.compile(r"\bJPNIC\b|Japan Network Information Cent(?:er|re)", re.IGNORECASE),
        re.compile(r"\bMAINT-JPNIC\b", re.IGNORECASE),
        re.compile(r"whois\.nic\.ad\.jp|\bfrom\s+JPNIC\b|JPNIC WHOIS", re.IGNORECASE),
    ),
    "KRNIC": (
        re.compile(r"\bKRNIC\b|Korea (?:Network|Internet) .{0,20}(?:Cent(?:er|re)|Agency)", re.IGNORECASE),
        re.compile(r"\bMNT-KRNIC-AP\b", re.IGNORECASE),
        re.compile(r"whois\.krnic\.net|whois\.kisa\.or\.kr|\bfrom\s+KRNIC\b", re.IGNORECASE),
    ),
}
_SOURCES = {"RIPE": "RIPE NCC"}
_DESCR_IS_FREE_TEXT = frozenset({"RIPE NCC", "AFRINIC"})
_REGISTRIES = {
    "RIPE NCC": re.compile(r"RIPE (?:NCC|Network Coordination Cent(?:er|re))", re.IGNORECASE),
    "APNIC": re.compile(r"\bAPNIC\b|Asia[- ]Pacific Network Information Cent(?:er|re)", re.IGNORECASE),
    "LACNIC": re.compile(r"\bLACNIC\b|Latin American and Caribbean (?:IP|Internet) address", re.IGNORECASE),
    "AFRINIC": re.compile(r"\bAfriNIC\b|African Network Information Cent(?:er|re)", re.IGNORECASE),
    "ARIN": re.compile(r"\bARIN\b|American Registry for Internet Numbers", re.IGNORECASE),
    "IANA": re.compile(r"\bIANA\b|Internet Assigned Numbers Authority", re.IGNORECASE),
}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_DAY = re.compile(r"(?:^|\s)([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?=\s|$)")
_ACTIONS = {
    "created": "registration",
    "regdate": "registration",
    "last-modified": "last changed",
    "changed": "last changed",
    "updated": "last changed",
}
_ARIN_CONTACT = re.compile(r"(?:Org|R)(?:Abuse|Tech|NOC|DNS|Routing)(Handle|Name|Phone|Email|Ref)", re.IGNORECASE)
_HANDLES = ("nic-hdl", "organisation", "irt", "orgid", "custid", "as-set", "mntner")
_NAMES = ("person", "role", "org-name", "orgname", "custname")
_PLACES = ("address", "city", "stateprov", "postalcode", "country")
_CONTACTS = ("phone", "fax-no", "e-mail", "abuse-mailbox", "irt-nfy", "notify")
_ENTITIES = ("organisation", "person", "role", "irt", "orgname", "custname", "nic-hdl")
_REFERENCES = ("org", "admin-c", "tech-c", "abuse-c", "owner-c", "routing-c", "mnt-irt", "zone-c")


def network_span(item: RegistryObject) -> Span | None:
    """Return the range of a network object, None when it is none or cannot be read.

    LACNIC leaves out trailing zero octets (``200.57.128/19``).
    """
    if item.kind not in NETWORKS:
        return None
    value = item.attributes[0].value
    host, slash, length = value.partition("/")
    octets = host.strip().split(".")
    if slash and ":" not in host and len(octets) < 4:  # noqa: PLR2004 - four octets
        value = f"{'.'.join([*octets, '0', '0', '0'][:4])}/{length}"
    return read_span(value)


def layout_of(item: RegistryObject) -> Layout:
    """Return in which registry's way an object is written."""
    if item.kind == "netrange":
        return "arin"
    return "lacnic" if item.of("owner", "ownerid") else "rpsl"


def read_network(item: RegistryObject, span: Span, document: Document) -> RegisteredNetwork:
    """Return the network of one object, with the entities of the same answer that belong to it."""
    layout = layout_of(item)
    first, last = span.texts
    near = _near(item, document)
    references: dict[str, list[Attribute]] = {}
    for each in item.of(*_REFERENCES):
        references.setdefault(each.value, []).append(each)
    entities = _entities(near, references)
    named = _holders(item, layout, near)
    name, country = item.first("netname"), item.first("country") or _country(near, layout)
    kind, parent = item.first("nettype"), item.first("parent")
    return RegisteredNetwork(
        first=first,
        last=last,
        version=span.version,
        cidrs=span.cidrs,
        layout=layout,
        registry=_registry(item, layout),
        handle=(item.first("nethandle") or item.attributes[0]).field,
        name=name.field if name else None,
        type=kind.field if kind else None,
        country=country.field if country else None,
        parent=parent.field if parent else None,
        statuses=tuple(one.field for one in item.of("status")),
        holders=tuple(one for one in named if not _names_registry(one.text)),
        refers_to=_refers_to(item, layout, named, document),
        entities=entities,
        events=tuple(event_of(one) for one in item.of(*_ACTIONS)),
        remarks=tuple(one.field for one in item.of("remarks", "descr", "comment", "referralserver", "resourcelink")),
        nameservers=tuple(one.field for one in item.of("nserver", "nameserver")),
    )


def event_of(attribute: Attribute) -> RegistryEvent:
    """Return a dated attribute as an event; both dates None where its text holds no possible one."""
    action = _ACTIONS[attribute.name.casefold()]
    day: date | None = None
    instant: datetime | None = None
    iso, plain = _ISO.search(attribute.value), _DAY.search(attribute.value)
    try:
        if iso:
            instant = datetime.strptime(iso[0], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        elif plain:
            day = date(int(plain[1]), int(plain[2]), int(plain[3]))
    except ValueError:
        pass
    return RegistryEvent(action=action, text=attribute.field, instant=instant, day=day)


def _near(item: RegistryObject, document: Document) -> Sequence[RegistryObject]:
    """Return the objects that follow a network before the next one (ARIN), or those of the whole answer (RPSL)."""
    if item.kind != "netrange":
        return [one for one in document.objects if one is not item]
    start = next(index for index, one in enumerate(document.objects) if one is item) + 1
    found = []
    for one in document.objects[start:]:
        if one.kind in NETWORKS:
            break
        found.append(one)
    return found


def _is_entity(item: RegistryObject) -> bool:
    return item.kind in _ENTITIES or bool(_ARIN_CONTACT.fullmatch(item.attributes[0].name))


def _holders(item: RegistryObject, layout: Layout, near: Sequence[RegistryObject]) -> list[HolderName]:
    """Return every name of a holder, registries' own included, in the order in which the rules prefer them.

    ``descr`` is the holder's name by APNIC's practice alone (and that of the national registries it mirrors); RIPE and
    AFRINIC have free text there ("UDC", "Customer network").
    """
    found: list[HolderName] = []
    if layout == "arin":
        names = [one.first("custname", "orgname") for one in near if one.kind in {"custname", "orgname"}]
        found = [_named(one, one.name) for one in names[:1] if one]
        organization = item.first("organization", "customer")
        if not found and organization:
            text = organization.value.rpartition(" (")[0].strip() or organization.value
            found = [holder(Field(value=text, at=organization.at), organization.name)]
    elif layout == "lacnic":
        found = [_named(one, "owner") for one in item.of("owner")[:1]]
    else:
        wanted = {one.value for one in item.of("org")}
        organisations = [one for one in near if one.kind == "organisation" and one.attributes[0].value in wanted]
        found = [_named(name, "org-name") for one in organisations if (name := one.first("org-name"))]
        if not found and _registry(item, layout) not in _DESCR_IS_FREE_TEXT:
            found = [_named(one, "descr") for one in item.of("descr")[:1]]
    return found


def _named(attribute: Attribute, rule: str) -> HolderName:
    """Return the first line of a value as a name (the lines after it are an address)."""
    return holder(Field(value=attribute.value.split("\n")[0].strip(), at=attribute.at), rule)


def _names_registry(name: str) -> bool:
    # As a whole name: a company may well be called Arin or Iana Networks.
    return bool(registry_named(name)) or any(rules[0].search(name) for rules in _REFERRED.values())


def _refers_to(item: RegistryObject, layout: Layout, named: Sequence[HolderName], document: Document) -> str:
    """Return the registry that the object says is authoritative: by holder, maintainer, source or remarks."""
    texts = {
        0: " ".join(one.text for one in named),
        1: " ".join(one.value for one in item.of("mnt-by", "mnt-lower")),
        2: " ".join(one.value for one in item.of("remarks", "comment")),
    }
    source = _registry(item, layout)
    for registry, rules in _REFERRED.items():
        if source == registry or any(rules[index].search(text) for index, text in texts.items()):
            return registry
    if layout == "arin":
        servers = [one.value for each in document.objects for one in each.of("referralserver")]
        for registry, rule in _REGISTRIES.items():
            if registry != "ARIN" and (
                rule.search(texts[0]) or any(registry.split()[0].lower() in one.lower() for one in servers)
            ):
                return registry
    return ""


def _registry(item: RegistryObject, layout: Layout) -> str:
    if layout != "rpsl":
        return layout.upper()
    source = item.first("source")
    name = source.value.split("#")[0].strip().upper() if source else ""
    return _SOURCES.get(name, name)


def _country(near: Sequence[RegistryObject], layout: Layout) -> Attribute | None:
    """Return the country of the organisation that follows an ARIN network, which states none of its own."""
    if layout != "arin":
        return None
    return next((found for one in near if (found := one.first("country"))), None)


def _entities(near: Sequence[RegistryObject], references: dict[str, list[Attribute]]) -> tuple[RegistryEntity, ...]:
    """Return the persons and organisations of an answer; the first under a handle bears its roles in the network."""
    found = []
    for item in near:
        if _is_entity(item):
            handle = item.first(*_HANDLES) or _arin(item, "handle")
            found.append(_entity(item, handle, references.pop(handle.value, []) if handle else []))
    return tuple(found)


def _entity(item: RegistryObject, handle: Attribute | None, reference: Sequence[Attribute]) -> RegistryEntity:
    roles = [Field(value=one.name, at=one.at) for one in reference]
    if item.kind.endswith("handle"):
        roles = [Field(value=item.attributes[0].name[: -len("Handle")], at=item.attributes[0].at)]
    return RegistryEntity(
        at=item.attributes[0].at,
        handle=handle.field if handle else None,
        roles=tuple(roles),
        kind=Field(value=item.attributes[0].name, at=item.attributes[0].at),
        names=tuple(one.field for one in (*item.of(*_NAMES), *_arins(item, "name"))),
        addresses=tuple(one.field for one in item.of(*_PLACES)),
        contacts=tuple(one.field for one in (*item.of(*_CONTACTS), *_arins(item, "phone", "email"))),
        events=tuple(event_of(one) for one in item.of(*_ACTIONS)),
        remarks=tuple(one.field for one in item.of("remarks", "comment", "descr")),
    )


def _arins(item: RegistryObject, *endings: str) -> list[Attribute]:
    """Return the attributes of an ARIN point of contact (``OrgTechPhone``) that end so."""
    matched = [(one, _ARIN_CONTACT.fullmatch(one.name)) for one in item.attributes if one.value]
    return [one for one, found in matched if found and found[1].casefold() in endings]


def _arin(item: RegistryObject, ending: str) -> Attribute | None:
    found = _arins(item, ending)
    return found[0] if found else None
