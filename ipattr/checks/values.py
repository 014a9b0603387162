"""Rules on single values: periods, keys, names, dates, patterns, marks of confidence."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from ipattr.checks.remark import remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Finding, Provider
    from ipattr.model.sources import Sources

_FULL_WIDTH = re.compile(r"[！-～]")
_HALF_WIDTH = re.compile(r"[A-Za-z0-9]")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def retention_unsourced(sources: Sources) -> Iterator[Finding]:
    """Report a period of no length, without its source, or without the date its source speaks of."""
    for provider in sources.providers:
        for at, policy in enumerate(provider.retention):
            about = f"providers/{provider.id}.toml: $.retention[{at}]"
            if policy.value <= 0:
                yield remark(
                    "IPD201",
                    "error",
                    about,
                    ja=f"保存期間が {policy.value}。公表された数を書き、不明なら項目ごと省く。",
                    en=f"The period is {policy.value}: write the published figure, or leave the entry out.",
                )
            if not policy.source or not policy.as_of:
                yield remark(
                    "IPD202",
                    "error",
                    about,
                    ja="保存期間に出典または基準日がない。source と as_of を書く。",
                    en="The period lacks its source or the date of the source: write source and as_of.",
                )


def key_unsourced(sources: Sources) -> Iterator[Finding]:
    """Report a search-key rule without a source."""
    for provider in sources.providers:
        for at, rule in enumerate(provider.keys):
            if not rule.source:
                yield remark(
                    "IPD203",
                    "error",
                    f"providers/{provider.id}.toml: $.keys[{at}].source",
                    ja="検索キーの規則に出典がない。書くか、規則を削る（根拠なしの不足判定を防ぐ）。",
                    en="This key rule has no source: cite one, or remove the rule.",
                )


def date_order(sources: Sources) -> Iterator[Finding]:
    """Report a date that is no ISO date, and a period that ends before it begins."""
    for provider in sources.providers:
        for key, since, until in _periods(provider):
            about = f"providers/{provider.id}.toml: $.{key}"
            wrong = [text for text in (since, until) if text and not is_date(text)]
            for text in wrong:
                yield remark(
                    "IPD204",
                    "error",
                    about,
                    ja=f"「{text}」は日付ではない。2025、2025-03、2025-03-01 のいずれかで書く。",
                    en=f"{text!r} is no date: write 2025, 2025-03 or 2025-03-01.",
                )
            shared = min(len(since), len(until))
            if shared and not wrong and since[:shared] > until[:shared]:
                yield remark(
                    "IPD205",
                    "error",
                    about,
                    ja=f"始期 {since} が終期 {until} より後。どちらかを直す。",
                    en=f"It begins on {since}, after its end on {until}: correct one of them.",
                )


def untidy_name(sources: Sources) -> Iterator[Finding]:
    """Report a name with blanks at its ends or with letters of both widths; such a name matches nothing."""
    for provider in sources.providers:
        entity = provider.entity
        named = [("entity.ja", entity.ja), ("entity.en", entity.en)]
        named += [(f"entity.names[{at}].text", name.text) for at, name in enumerate(entity.names)]
        named += [(f"brands[{at}]", brand) for at, brand in enumerate(provider.brands)]
        for key, name in named:
            mixed = _FULL_WIDTH.search(name) and _HALF_WIDTH.search(name)
            if name != name.strip() or mixed:
                yield remark(
                    "IPD206",
                    "warning",
                    f"providers/{provider.id}.toml: $.{key}",
                    ja=f"名称「{name}」の前後に空白があるか、全角と半角の英数字が混在する。登記上の表記に揃える。",
                    en=f"The name {name!r} has blanks at an end or mixes full and half width: write it as registered.",
                )


def broken_pattern(sources: Sources) -> Iterator[Finding]:
    """Report a PTR pattern that does not compile, is not anchored, or stands behind its own twin."""
    for provider in sources.providers:
        seen: set[str] = set()
        for at, pattern in enumerate(provider.ptr):
            about = f"providers/{provider.id}.toml: $.ptr[{at}].regex"
            try:
                re.compile(pattern.regex)
            except re.error as error:
                yield remark(
                    "IPD207",
                    "error",
                    about,
                    ja=f"正規表現として読めない（{error}）。",
                    en=f"Not a regular expression ({error}): correct it.",
                )
            if not (pattern.regex.startswith("^") and pattern.regex.endswith("$")):
                yield remark(
                    "IPD208",
                    "warning",
                    about,
                    ja="^ で始まり $ で終わっていない。名前全体に合う形で書く。",
                    en="Not anchored: begin with ^ and end with $, since the whole name must match.",
                )
            if pattern.regex in seen:
                yield remark(
                    "IPD209",
                    "warning",
                    about,
                    ja="同じ式が前にあり、ここには決して来ない。削るか、式を絞る。",
                    en="An identical pattern stands before it, so this one never matches: remove or narrow it.",
                )
            seen.add(pattern.regex)


def groundless_value(sources: Sources) -> Iterator[Finding]:
    """Report a value that is given although its confidence is ``none``."""
    for provider in sources.providers:
        entity = provider.entity
        own = any(claim.role == "own" for claim in provider.asns)
        marked = [
            ("entity", entity.confidence, bool(entity.ja or entity.en)),
            ("entity.address", entity.address_confidence, bool(entity.address)),
            ("confidence_as", provider.confidence_as, own),
            ("confidence_ptr", provider.confidence_ptr, bool(provider.ptr)),
        ]
        marked += [(f"retention[{at}]", policy.confidence, True) for at, policy in enumerate(provider.retention)]
        marked += [(f"keys[{at}]", rule.confidence, bool(rule.any_of)) for at, rule in enumerate(provider.keys)]
        marked += [(f"sharing[{at}]", one.confidence, one.kind != "unknown") for at, one in enumerate(provider.sharing)]
        for key, confidence, given in marked:
            if confidence == "none" and given:
                yield remark(
                    "IPD210",
                    "warning",
                    f"providers/{provider.id}.toml: $.{key}",
                    ja="確度 none なのに値がある。low 以上の根拠を示すか、値を空にする。",
                    en="A value with confidence none: give it grounds (low or better), or leave it empty.",
                )


def _periods(provider: Provider) -> Iterator[tuple[str, str, str]]:
    """Yield every dated relation of a provider: key, since, until."""
    for at, name in enumerate(provider.entity.names):
        yield f"entity.names[{at}]", name.since, name.until
    for at, addressee in enumerate(provider.addressees):
        yield f"addressees[{at}]", addressee.since, addressee.until
    for at, key in enumerate(provider.keys):
        yield f"keys[{at}]", str(key.since or ""), str(key.until or "")


def is_date(text: str) -> bool:
    """Tell whether a text is a full or partial ISO date."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True
