"""Who holds an object according to one answer: never a contact, never the registry that merely administers it.

In this order: the names of entities in the role ``registrant``; else, at APNIC, which publishes the holder there, the
first line of the remark titled ``description``. A name that is a registry or an NIR, or that only repeats a handle
(maintainers, IRTs), is no holder.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ipattr.model import HolderName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipattr.model import Field, RegistryEntity

_NAMES = {
    "japan network information center": "JPNIC",
    "jpnic": "JPNIC",
    "asia pacific network information centre": "APNIC",
    "asia pacific network information center": "APNIC",
    "apnic": "APNIC",
    "ripe network coordination centre": "RIPE NCC",
    "ripe ncc": "RIPE NCC",
    "american registry for internet numbers": "ARIN",
    "latin american and caribbean ip address regional registry": "LACNIC",
    "lacnic": "LACNIC",
    "african network information center": "AFRINIC",
    "african network information centre": "AFRINIC",
    "afrinic": "AFRINIC",
    "internet assigned numbers authority": "IANA",
    "iana": "IANA",
    "china internet network information center": "CNNIC",
    "taiwan network information center": "TWNIC",
    "vietnam internet network information center": "VNNIC",
    "vietnam internet network information center vnnic": "VNNIC",
    "korea network information center": "KRNIC",
    "krnic": "KRNIC",
    "indonesia network information center": "IDNIC",
    "indian registry for internet names and numbers": "IRINN",
}
_LEGAL_FORM = re.compile(r"(?: (?:pty|ltd|inc|limited|jpnic|apnic|arin|afrinic|lacnic))+$")
_SERVERS = {
    "whois.apnic.net": "APNIC",
    "whois.ripe.net": "RIPE NCC",
    "whois.arin.net": "ARIN",
    "whois.lacnic.net": "LACNIC",
    "whois.registro.br": "LACNIC",
    "whois.nic.br": "LACNIC",
    "whois.afrinic.net": "AFRINIC",
}
_LONGEST_NAME = 200
_SOURCES = {"RIPE": "RIPE NCC"}
_JPNIC_NAME = re.compile(r"-JPNIC-JP(?:-\d+)?$")
_JPNIC_WORDS = re.compile(r"whois\.nic\.ad\.jp|JPNIC (?:allocation block|whois)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"IANA-BLOCK|IANA-NETBLOCK-\d+|NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK|ERX-NETBLOCK|APNIC-ERX.*|"
    r"(?:APNIC|RIPE|LACNIC|AFRINIC|ARIN)-(?:AP|\d{1,3})|(?:EU|IANA)-ZZ-.*|NOT-ALLOCATED.*",
)
_JAPANESE = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")


def registry_named(text: str) -> str:
    """Return the registry or NIR that a name is, legal forms aside; empty when it is none."""
    if len(text) > _LONGEST_NAME:
        return ""
    plain = " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))
    return _NAMES.get(plain) or _NAMES.get(_LEGAL_FORM.sub("", plain), "")


def source_stated(notices: Iterable[Field]) -> str:
    """Return the registry that the notices state as the source of the answer, as APNIC and RIPE do; else empty."""
    for notice in notices:
        if notice.at.endswith("/description/1") and notice.value in {"APNIC", "JPNIC", "RIPE", "AFRINIC", "KRNIC"}:
            return _SOURCES.get(notice.value, notice.value)
    return ""


def registry_at(port43: str) -> str:
    """Return the registry that a WHOIS server (``port43``) is; empty when it is none we know."""
    return _SERVERS.get(port43.lower(), "")


def points_to_jpnic(texts: Iterable[Field]) -> bool:
    """Tell whether remarks or notices say that JPNIC has the data."""
    return any(_JPNIC_WORDS.search(text.value) for text in texts)


def holder_names(entities: Iterable[RegistryEntity], remarks: Iterable[Field], registry: str) -> Iterator[HolderName]:
    """Yield the names of the holder, a registry's own name among them, in the order of the rules above."""
    named = False
    for entity in entities:
        if entity.at.count("/entities/") != 1 or not any(role.value == "registrant" for role in entity.roles):
            continue
        handle = entity.handle.value if entity.handle else ""
        seen: set[str] = set()
        for field in (*entity.organisations, *entity.names):
            if field.value.strip() and field.value != handle and field.value not in seen:
                seen.add(field.value)
                named = True
                yield _holder(field, "registrant")
    if not named and registry in {"APNIC", "JPNIC"}:
        line = next(described(remarks), None)
        if line is not None:
            yield _holder(line, "descr")


def described(remarks: Iterable[Field]) -> Iterator[Field]:
    """Yield the non-empty lines of the remarks titled ``description``."""
    kept = tuple(remarks)
    titles = {field.at.removesuffix("/title") for field in kept if _is_title(field, "description")}
    for field in kept:
        parent, found, _ = field.at.rpartition("/description/")
        if found and parent in titles and field.value.strip():
            yield field


def is_placeholder(name: str) -> bool:
    """Tell whether a network name is that of an object that stands for space without a registration."""
    return _PLACEHOLDER.fullmatch(name) is not None


def referred_to(name: str, entities: Iterable[RegistryEntity]) -> str:
    """Return JPNIC when a network's name says so, or when its entity stands in for the holder; else empty."""
    if _JPNIC_NAME.search(name):
        return "JPNIC"
    for entity in entities:
        for field in (*entity.organisations, *entity.names):
            if registry_named(field.value) == "JPNIC":
                return "JPNIC"
    return ""


def _is_title(field: Field, title: str) -> bool:
    """Tell whether a field is the title of a remark and reads so."""
    return field.at.endswith("/title") and field.value.strip().lower() == title


def _holder(field: Field, rule: str) -> HolderName:
    """Return one name."""
    text = field.value.strip()
    return HolderName(text=text, lang="ja" if _JAPANESE.search(text) else "en", rule=rule, at=field.at)
