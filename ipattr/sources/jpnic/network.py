"""One block of a JPNIC answer as a registered network: range, holders, dates, contacts, lists."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ipattr.model import Field, RegisteredNetwork, RegistryEntity, RegistryEvent
from ipattr.sources.whois_lines import Span, finding, holder, read_span

if TYPE_CHECKING:
    from ipattr.model import Finding, HolderName
    from ipattr.sources.jpnic.layout import Block, Labelled, Section

_JST = timezone(timedelta(hours=9), "JST")
_DATE = re.compile(
    r"(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})"
    r"(?:\s+(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})\s*\(JST\))?"
)
_ACTIONS = {
    "assigned": "registration",
    "allocated": "registration",
    "returned": "deletion",
    "updated": "last changed",
}
_DATES = ("assigned", "allocated", "returned", "updated")
_CONTACTS = ("administrative", "technical", "abuse")


def block_span(block: Block) -> Span | None:
    """Return the range that a block states, None when it states none that can be read."""
    numbers = block.of("network")
    return read_span(numbers[0].value) if numbers else None


def read_network(block: Block, span: Span) -> tuple[RegisteredNetwork, tuple[Finding, ...]]:
    """Return the network of a block whose range is ``span``, and what is remarkable about it.

    Event actions are the words of RFC 9083 section 10.2.3 (割当年月日, 割振年月日 registration; 最終更新 last
    changed; 返却年月日 deletion). A date without a time is a day in JST.
    """
    number = block.of("network")[0]
    remarks: list[Finding] = []
    events = []
    for value in block.of(*_DATES):
        event, remark = _event(value)
        events += [event] if event else []
        remarks += [remark] if remark else []
    names = block.of("name")
    first, last = span.texts
    network = RegisteredNetwork(
        first=first,
        last=last,
        version=span.version,
        cidrs=span.cidrs,
        layout="jpnic-assignment" if number.letter else "jpnic-allocation",
        registry="JPNIC",
        handle=_field(number),
        name=_field(names[0]) if names and names[0].value else None,
        holders=_holders(block),
        entities=tuple(_contact(value) for value in block.of(*_CONTACTS) if value.value),
        events=tuple(events),
        remarks=tuple(_field(value) for value in (*names[1:], *block.of("ds")) if value.value),
        nameservers=tuple(_field(value) for value in block.of("nameserver") if value.value),
        less_specific=_list(block.sections.get("less")),
        more_specific=_list(block.sections.get("more")),
    )
    return network, (*remarks, *_remarks(block, network))


def _field(value: Labelled) -> Field:
    return Field(value=value.value, at=f"line:{value.lines[0]}")


def _holders(block: Block) -> tuple[HolderName, ...]:
    """Return the Japanese name before the English one; the rule is the letter, or the label where there is none."""
    return tuple(
        holder(_field(value), value.letter or value.label)
        for value in (*block.of("organisation"), *block.of("organization"))
        if value.value
    )


def _contact(value: Labelled) -> RegistryEntity:
    at = f"line:{value.lines[0]}"
    role = Field(value=value.label, at=at)
    if value.key == "abuse":
        return RegistryEntity(at=at, roles=(role,), contacts=(_field(value),))
    return RegistryEntity(at=at, roles=(role,), handle=_field(value))


def _list(section: Section | None) -> tuple[Field, ...] | None:
    """Return the entries of a list; None where it is absent or says nothing, () only where it says that it is empty."""
    if section is None or (not section.entries and not section.none):
        return None
    return tuple(Field(value=entry.value, at=f"line:{entry.lines[0]}") for entry in section.entries)


def _event(value: Labelled) -> tuple[RegistryEvent | None, Finding | None]:
    """Read one date; an empty one is no event, an impossible one keeps its text alone."""
    if not value.value:
        return None, None
    matched = _DATE.fullmatch(value.value)
    day: date | None = None
    instant: datetime | None = None
    try:
        if matched and matched["hour"]:
            parts = [int(matched[name]) for name in ("year", "month", "day", "hour", "minute", "second")]
            instant = datetime(*parts, tzinfo=_JST).astimezone(UTC)  # type: ignore[misc,arg-type]
        elif matched:
            day = date(int(matched["year"]), int(matched["month"]), int(matched["day"]))
    except (ValueError, OverflowError):
        pass
    event = RegistryEvent(action=_ACTIONS[value.key], text=_field(value), instant=instant, day=day)
    if instant or day:
        return event, None
    return event, finding(
        "IPA834",
        "warning",
        ja=f"[{value.label}]の日付「{value.value}」は読めない。",
        en=f"The date {value.value!r} of [{value.label}] cannot be read.",
        about=f"line:{value.lines[0]}",
    )


def _remarks(block: Block, network: RegisteredNetwork) -> list[Finding]:
    found = []
    if not network.holders:
        found.append(
            finding(
                "IPA838",
                "warning",
                ja="組織名のないネットワーク情報である。",
                en="The network information names no organisation.",
                about=network.first,
            )
        )
    for key in ("name", "organisation", "organization", "updated"):
        values = block.of(key)
        if len(values) > 1:
            found.append(
                finding(
                    "IPA839",
                    "notice",
                    ja=f"[{values[0].label}]が{len(values)}行ある。",
                    en=f"[{values[0].label}] stands on {len(values)} lines.",
                    about=f"line:{values[0].lines[0]}",
                )
            )
    for name, section in block.sections.items():
        if not section.entries and not section.none:
            found.append(
                finding(
                    "IPA837",
                    "warning",
                    ja=f"{'上位情報' if name == 'less' else '下位情報'}の見出しだけで、一覧も「該当なし」もない。",
                    en=f"The heading of {'less' if name == 'less' else 'more'} specific information stands alone: "
                    "neither a list nor a statement that there is none.",
                    about=network.first,
                )
            )
    return found
