"""What the verdicts of a table rest on: each rule about search keys and each retention figure once, with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.renderers.view import View, numbers
from ipattr.renderers.words import CONFIDENCE, figure, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import Expiry, Party


class Ground(NamedTuple):
    """One statement, those it is about, and the rows it stands behind."""

    who: str
    text: str
    rows: tuple[int, ...]


class _Grounds:
    """Statements gathered row by row: what differs in its confidence, its holder or its rows alone is said once."""

    def __init__(self) -> None:
        """Begin without statements."""
        self._sure: dict[tuple[str, str, str], dict[str, None]] = {}
        self._rows: dict[tuple[str, str, str], dict[tuple[str, str], dict[int, None]]] = {}

    def add(self, statement: tuple[str, str, str], confidence: str, who: tuple[str, str], row: int) -> None:
        """Take in a statement (text, source code, date) about ``who`` (legal name, brand)."""
        self._sure.setdefault(statement, {})[confidence] = None
        self._rows.setdefault(statement, {}).setdefault(who, {})[row] = None

    def told(self, lang: str) -> list[Ground]:
        """Return the statements in the order of their first row."""
        told: list[Ground] = []
        for (text, code, as_of), about in self._rows.items():
            cited = _source(code, as_of, tuple(self._sure[text, code, as_of]), lang)
            together: dict[tuple[int, ...], dict[str, dict[str, None]]] = {}
            for (name, brand), rows in about.items():
                together.setdefault(tuple(rows), {}).setdefault(name, {})[brand] = None
            for rows_of, names in together.items():
                whole = [_bracketed(name, [brand for brand in brands if brand], lang) for name, brands in names.items()]
                told.append(Ground(("、" if lang == "ja" else "; ").join(whole), text + cited, rows_of))
        return sorted(told, key=lambda ground: ground.rows)


def key_rules(views: Iterable[View], lang: str) -> list[Ground]:
    """Return each rule about search keys in full, with source, date and confidence: a rule may carry a warning."""
    found = _Grounds()
    for view in views:
        for option in view.search.options:
            about = [party for party in view.attribution.alternatives if party.provider == option.provider]
            who = (about[0].name.pick(lang) if about else option.provider, "")
            found.add((option.text.pick(lang), option.source, option.as_of), option.confidence, who, view.row.number)
    return found.told(lang)


def figures(views: Iterable[View], lang: str) -> list[Ground]:
    """Return each retention figure once, with source, date and confidence."""
    found = _Grounds()
    for view in views:
        for entry in view.deadline.expiries:
            policy, who = entry.policy, _holder(entry, view.attribution.alternatives, lang)
            found.add((figure(entry, lang), policy.source, policy.as_of), policy.confidence, who, view.row.number)
    return found.told(lang)


def lines(grounds: Sequence[Ground]) -> list[tuple[str, str]]:
    """Return the lead and the text of each statement as a paragraph."""
    return [(f"No.{numbers(ground.rows)}: ", f"{ground.who}: {ground.text}") for ground in grounds]


def holder(entry: Expiry, parties: Sequence[Party], lang: str) -> str:
    """Return the legal name of whose figure this is, with the brand where that name stands for other parties too."""
    name, brand = _holder(entry, parties, lang)
    return _bracketed(name, [brand] if brand else [], lang)


def retention(entry: Expiry, parties: Sequence[Party], lang: str) -> str:
    """Return whose figure, how long, by which source and of which year."""
    cited = ", ".join(filter(None, (entry.policy.source, entry.policy.as_of[:4])))
    return f"{holder(entry, parties, lang)}: {figure(entry, lang)} ({cited})"


def _holder(entry: Expiry, parties: Sequence[Party], lang: str) -> tuple[str, str]:
    about = [party for party in parties if party.provider == entry.provider]
    if not about:
        return entry.provider, ""
    shared = any(party.name == about[0].name and party.provider != entry.provider for party in parties)
    return about[0].name.pick(lang), about[0].brand if shared else ""


def _bracketed(name: str, brands: Sequence[str], lang: str) -> str:
    if not brands:
        return name
    return f"{name}（{'・'.join(brands)}）" if lang == "ja" else f"{name} ({', '.join(brands)})"


def _source(code: str, as_of: str, confidences: Sequence[str], lang: str) -> str:
    """Return the source code, its date and the confidence in brackets; nothing where there is no source."""
    if not code:
        return ""
    separator = "・" if lang == "ja" else " or "
    sure = ("確度 " if lang == "ja" else "confidence ") + separator.join(word(CONFIDENCE, c, lang) for c in confidences)
    return f" [{', '.join(filter(None, (code, as_of, sure)))}]"
