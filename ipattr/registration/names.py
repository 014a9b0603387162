"""Names of holders against the names that the tables list: equal after normalisation, or not equal. Nothing is guessed.

Normalisation: NFKC (UAX #15), case folding, removal of spaces and punctuation and of the legal forms in
:mod:`ipattr.registration.forms`. Whether the form stood before or after the name is not compared.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from ipattr.model import NameMatch, NonAccess, Platform, Provider
from ipattr.registration.forms import FORMS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_AFFIXES = tuple((form.written[0], form.law) for form in FORMS if form.place == "affix")
_WORDS = {form.written[0]: form.law for form in FORMS if form.place == "word"}
_TAILS = tuple(
    (form.written, form.law) for form in sorted(FORMS, key=lambda f: -len(f.written)) if form.place == "tail"
)
# JIS X 0208 has one full-width minus and one wave dash; codecs give them as signs, not as punctuation.
_SIGNS_AS_PUNCTUATION = frozenset("\u2212~")
_TIMES = ("present", "listed", "former")


class Key(NamedTuple):
    """What of a name is compared: its core, and the law its legal form names (empty: none, or one that names none)."""

    core: str
    law: str


@lru_cache(maxsize=16384)
def name_key(text: str) -> Key:
    """Return what of ``text`` is compared; the core is empty only when the text has no letter, digit or sign."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    words = "".join(" " if _parts(c) else c for c in folded).split()
    law = ""
    while words:
        shorter, found = _without_form(words)
        if not "".join(shorter) or shorter == words:
            break
        words, law = shorter, law or found
    return Key("".join(words), law)


def fits(one: Key, other: Key) -> bool:
    """Tell whether two keys may be one name: equal cores, and no two laws that differ."""
    return bool(one.core) and one.core == other.core and (not one.law or not other.law or one.law == other.law)


def overlap(some: Iterable[Key], others: Collection[Key]) -> bool:
    """Tell whether any name of the one is a name of the other."""
    return any(fits(one, other) for one in some for other in others)


def _parts(character: str) -> bool:
    """Tell whether a character only parts words: spaces, punctuation, invisible ones."""
    return unicodedata.category(character)[0] in "ZPC" or character in _SIGNS_AS_PUNCTUATION


def _without_form(words: list[str]) -> tuple[list[str], str]:
    """Take one legal form off either end; return the words as they are when there is none."""
    if words[0] in _WORDS:
        return words[1:], _WORDS[words[0]]
    if words[-1] in _WORDS:
        return words[:-1], _WORDS[words[-1]]
    for affix, law in _AFFIXES:
        if words[0].startswith(affix):
            return [*filter(None, [words[0][len(affix) :]]), *words[1:]], law
        if words[-1].endswith(affix):
            return [*words[:-1], *filter(None, [words[-1][: -len(affix)]])], law
    for tail, law in _TAILS:
        if tuple(words[-len(tail) :]) == tail:
            return words[: -len(tail)], law
    return words, ""


class Facts(Protocol):
    """What the comparison asks of the registry."""

    @property
    def providers(self) -> Mapping[str, Provider]:
        """Providers by id."""

    @property
    def nonaccess(self) -> Mapping[str, NonAccess]:
        """Networks without access contracts by id."""

    @property
    def platforms(self) -> Mapping[str, Platform]:
        """Platforms by id."""


class Listed(NamedTuple):
    """One name that the tables list for one party, with the law its form names."""

    law: str
    match: NameMatch


class ListedNames:
    """Every name that the tables list for a party, by its core; built once for a registry."""

    def __init__(self, names: Iterable[NameMatch]) -> None:
        """Take the names; of one party's names with one key the most present counts, with the dates of all."""
        self._by_core: dict[str, list[Listed]] = {}
        self._present: dict[tuple[str, str], list[Key]] = {}
        self._found: dict[str, tuple[NameMatch, ...]] = {}
        merged: dict[tuple[str, str, str, str], Listed] = {}
        for name in names:
            key = name_key(name.name)
            if key.core:
                place = (name.kind, name.provider, *key)
                merged[place] = _merge(merged.get(place), Listed(key.law, name))
        for (kind, party, core, _), listed in merged.items():
            self._by_core.setdefault(core, []).append(listed)
            if listed.match.time == "present":
                self._present.setdefault((kind, party), []).append(Key(core, listed.law))

    def find(self, text: str) -> tuple[NameMatch, ...]:
        """Return the parties that bear, or bore, the name ``text``: present names first, then by id."""
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> tuple[NameMatch, ...]:
        key = name_key(text)
        by_party: dict[tuple[str, str], list[Listed]] = {}
        for listed in self._by_core.get(key.core, ()):
            if fits(key, Key(key.core, listed.law)):
                by_party.setdefault((listed.match.kind, listed.match.provider), []).append(listed)
        # One party may have borne one core under two legal forms: the form as written decides where it names one.
        chosen = [min(some, key=lambda one: (one.law != key.law, _order(one.match))) for some in by_party.values()]
        return tuple(sorted((listed.match for listed in chosen), key=_order))

    def bearer(self, match: NameMatch) -> frozenset[Key]:
        """Return the keys of the present legal names of the party that ``match`` found."""
        return frozenset(self._present.get((match.kind, match.provider), ()))


def _merge(first: Listed | None, second: Listed) -> Listed:
    if first is None:
        return second
    one, other = sorted((first.match, second.match), key=_order)
    since, until = one.since or other.since, one.until or ("" if one.time != "former" else other.until)
    return Listed(
        first.law,
        NameMatch(provider=one.provider, name=one.name, time=one.time, since=since, until=until, kind=one.kind),
    )


def _order(match: NameMatch) -> tuple[int, str, str, str]:
    return (_TIMES.index(match.time), match.kind, match.provider, match.name)


def listed_names(facts: Facts) -> ListedNames:
    """Return every name of every provider, of the operators of networks without contracts, and of the platforms'."""
    return ListedNames(
        [
            *(name for provider in facts.providers.values() for name in _of_provider(provider)),
            *(name for entry in facts.nonaccess.values() for name in _of_operator(entry.id, entry.operator)),
            *(
                name
                for entry in facts.platforms.values()
                for operator in (entry.operator_ja, entry.operator_en)
                for name in _of_operator(entry.id, operator, kind="platform")
            ),
        ]
    )


def _of_provider(provider: Provider) -> Iterator[NameMatch]:
    entity = provider.entity
    for name in filter(None, (entity.ja, entity.en)):
        yield NameMatch(provider=provider.id, name=name, time="present")
    present = {name_key(name) for name in (entity.ja, entity.en) if name}
    for entry in entity.names:
        time: Literal["present", "listed", "former"] = "former" if entry.until else "listed"
        if not entry.until and name_key(entry.text) in present:
            time = "present"
        yield NameMatch(provider=provider.id, name=entry.text, time=time, since=entry.since, until=entry.until)


_NOTE = re.compile(r"\s*[(（](?P<note>[^()（）]*)[)）]\s*$")


def _of_operator(
    party: str, operator: str, *, kind: Literal["non-access", "platform"] = "non-access"
) -> Iterator[NameMatch]:
    """Return the names in an operator field: ``A / B``, with a note in brackets that may name the former one (旧 …)."""
    note = _NOTE.search(operator)
    for name in _NOTE.sub("", operator).split(" / "):
        if name.strip():
            yield NameMatch(provider=party, name=name.strip(), time="present", kind=kind)
    if note and note["note"].startswith("旧"):
        yield NameMatch(provider=party, name=note["note"].removeprefix("旧").strip(), time="former", kind=kind)
