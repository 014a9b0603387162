"""What the addressee needs to find the line, against what the log gives us (practice: who needs what, since when)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.instants import jst_date
from ipattr.model import (
    Attribution,
    KeyItem,
    KeyOption,
    KeyRule,
    LoginEvent,
    Party,
    Provenance,
    Provider,
    SearchKey,
    SearchStatus,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

ITEM_NAMES: dict[KeyItem, Text] = {
    "source-ip": Text(ja="接続元IPアドレス", en="source IP address"),
    "time": Text(ja="接続日時（秒まで）", en="time to the second"),
    "source-port": Text(ja="接続元ポート番号", en="source port"),
    "destination-ip": Text(ja="接続先IPアドレス", en="destination IP address"),
}

_NOT_APPLICABLE = {
    "not-access-provider": Text(
        ja="加入者回線ではないため対象外。", en="No subscriber line, so no search key applies."
    ),
    "special-purpose": Text(
        ja="特殊用途アドレスのため対象外。", en="A special-purpose address: no search key applies."
    ),
}

# The order in which one open question outweighs another: what is missing must be seen before what is fine.
_GRAVITY: tuple[SearchStatus, ...] = ("incomplete", "unknown", "impossible", "searchable")


def held_items(login: LoginEvent) -> tuple[KeyItem, ...]:
    """Return the key items that the log gives; a time without seconds does not count as a time."""
    held: list[KeyItem] = ["source-ip"]
    if login.instant is not None and login.instant.precision in {"s", "cs", "ms"}:
        held.append("time")
    if login.port is not None:
        held.append("source-port")
    if login.destination is not None:
        held.append("destination-ip")
    return tuple(held)


class Asked(NamedTuple):
    """All that a verdict depends on beside the attribution: what is held, the version of the line, the JST date."""

    held: tuple[KeyItem, ...]
    version: Literal[4, 6]
    day: date | None


def search_key(attribution: Attribution, login: LoginEvent, *, providers: Mapping[str, Provider]) -> SearchKey:
    """Say for each possible addressee whether the line can be searched with what is held.

    The verdict of the row is the gravest of its options: something missing, then unknown, then impossible, then fine.
    """
    day = jst_date(login.instant.utc) if login.instant is not None else None
    asked = Asked(held_items(login), login.address.line_version, day)
    return answer(attribution, asked, providers=providers)


def answer(attribution: Attribution, asked: Asked, *, providers: Mapping[str, Provider]) -> SearchKey:
    """Say what ``search_key`` says of every login that holds as much on that date."""
    held, version, day = asked
    if attribution.status in _NOT_APPLICABLE:
        return SearchKey(
            status="not-applicable", held=held, missing=(), explanation=_NOT_APPLICABLE[attribution.status]
        )
    family = "ipv6" if version == 6 else "ipv4"  # noqa: PLR2004 - the protocol's own number
    options: list[KeyOption] = []
    for party in attribution.alternatives:
        if party.kind == "access":
            options.extend(_options(party, providers[party.provider], held=held, family=family, day=day))
    if not options:
        return SearchKey(
            status="unknown",
            held=held,
            missing=(),
            explanation=Text(
                ja="提供者が定まらないため必要な鍵は不明。", en="No provider is known, so what it needs is unknown."
            ),
        )
    options = list(dict.fromkeys(options))
    status = next(grave for grave in _GRAVITY if any(option.status == grave for option in options))
    missing = dict.fromkeys(item for option in options for item in option.missing)
    return SearchKey(
        status=status,
        held=held,
        missing=tuple(missing),
        options=tuple(options),
        explanation=_explanation(options),
        provenance=tuple(
            dict.fromkeys(
                Provenance(source=option.source, locator=f"providers {option.provider} keys", as_of=option.as_of)
                for option in options
                if option.source
            )
        ),
    )


def rule_boundaries(providers: Mapping[str, Provider], ids: Sequence[str]) -> tuple[date, ...]:
    """Return the log dates at which a rule of these providers begins or ends: between two, one verdict serves all."""
    days = {
        day
        for id_ in ids
        if id_ in providers
        for rule in providers[id_].keys
        for day in (rule.since, rule.until)
        if day
    }
    return tuple(sorted(days))


def _options(
    party: Party, provider: Provider, *, held: tuple[KeyItem, ...], family: str, day: date | None
) -> list[KeyOption]:
    rules = _applicable(party.service, [r for r in provider.keys if r.family in {"any", family} and _covers(r, day)])
    if not rules:
        text = Text(
            ja="この事業者が求める鍵は公表資料に見当たらない。事前に窓口へ確認。",
            en="No source says what it asks for; ask first.",
        )
        return [_option(party, None, text, held=held)]
    return [_option(party, rule, rule.text, held=held) for rule in rules]


def _applicable(service: str, rules: list[KeyRule]) -> list[KeyRule]:
    """Choose the rules that speak of the service: its own, else the general ones, else all, for any may apply."""
    exact = [rule for rule in rules if service and rule.service == service]
    return exact or [rule for rule in rules if not rule.service] or rules


def _covers(rule: KeyRule, day: date | None) -> bool:
    if day is None:
        return rule.until is None
    return (rule.since is None or rule.since <= day) and (rule.until is None or day <= rule.until)


def _reliable(rule: KeyRule | None) -> bool:
    """Tell whether a rule may turn a row green: general knowledge and inference may warn, never reassure."""
    return rule is not None and rule.confidence in {"high", "medium"}


def _option(party: Party, rule: KeyRule | None, text: Text, *, held: tuple[KeyItem, ...]) -> KeyOption:
    needed = rule.any_of if rule is not None else ()
    gaps = [tuple(item for item in items if item not in held) for items in needed]
    status: SearchStatus = "unknown"
    missing: tuple[KeyItem, ...] = ()
    if gaps:
        fewest = min(len(gap) for gap in gaps)
        status = "incomplete" if fewest else "searchable" if _reliable(rule) else "unknown"
        missing = tuple(dict.fromkeys(item for gap in gaps if len(gap) == fewest for item in gap))
    return KeyOption(
        provider=party.provider,
        service=(rule.service if rule is not None else "") or party.service,
        condition=party.condition,
        status=status,
        needed=needed,
        missing=missing,
        tolerance_seconds=rule.tolerance_seconds if rule is not None else None,
        text=text,
        source=rule.source if rule is not None else "",
        as_of=rule.as_of if rule is not None else "",
        confidence=rule.confidence if rule is not None else "none",
    )


def _explanation(options: Sequence[KeyOption]) -> Text:
    texts = list(dict.fromkeys(option.text for option in options))
    return Text(ja=" ／ ".join(text.ja for text in texts), en=" / ".join(text.en for text in texts))
