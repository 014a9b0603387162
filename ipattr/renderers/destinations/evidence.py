"""Sentences for filings: how each candidate was observed, by whom and when, and how that lies to the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.destinations.screening import UNSCREENED
from ipattr.renderers.destinations import dates, groups, words
from ipattr.renderers.view import span
from ipattr.renderers.words import CONFIDENCE, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipattr.model import Candidate, Observation
    from ipattr.renderers.destinations.groups import Group

_RUN = 3
"""So many numbers in a row are written as a range."""


def observed(
    group: Group,
    entries: Sequence[Candidate],
    *,
    observations: Mapping[str, Observation],
    labels: Mapping[str, int],
    lang: str,
) -> list[str]:
    """Return one sentence per way in which candidates were observed, led by their numbers in the list (``labels``)."""
    tell = _whole_ja if lang == "ja" else _whole_en
    alike: dict[str, list[str]] = {}
    for entry in entries:
        alike.setdefault(tell(group, entry, observations), []).append(entry.address)
    colon = "：" if lang == "ja" else ": "
    return [f"{references([labels[one] for one in told], lang)}{colon}{text}" for text, told in alike.items()]


def elsewhere(
    group: Group, entries: Sequence[Candidate], *, observations: Mapping[str, Observation], lang: str
) -> list[str]:
    """Return in short how candidates of another period were observed, led by the addresses themselves."""
    alike: dict[str, list[str]] = {}
    comma = "、" if lang == "ja" else ", "
    for entry in entries:
        hosts, _ = _records(entry, observations, lang)
        when = dates.sighted(entry.first_seen, entry.last_seen, lang)
        relation = groups.relation(group, entry, lang)
        alike.setdefault(f"{hosts}{comma}{when}{comma}{relation}", []).append(entry.address)
    # A comma with a space: without one a word processor breaks the line inside an address.
    return [
        f"{', '.join(told)} （{text}）" if lang == "ja" else f"{', '.join(told)} ({text})"
        for text, told in alike.items()
    ]


def references(numbers: Sequence[int], lang: str) -> str:
    """Name entries of the list: ``(1)、(6)から(9)まで``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts: list[str] = []
    for run in runs:
        if len(run) < _RUN:
            parts += [f"({number})" for number in run]
        else:
            parts.append(f"({run[0]})から({run[-1]})まで" if lang == "ja" else f"({run[0]}) to ({run[-1]})")
    return _joined(parts, lang)


def _joined(parts: Sequence[str], lang: str) -> str:
    return ("、" if lang == "ja" else ", ").join(parts)


def _records(entry: Candidate, observations: Mapping[str, Observation], lang: str) -> tuple[str, str]:
    """Return the hosts of a candidate with their CNAME chains, and the record types, in words."""
    known = [observations[name] for name in entry.observations if name in observations]
    told = []
    for host, chains in groups.hosts(entry, observations):
        chain = f"CNAME {' / '.join(chains)}" if chains else ""
        bracketed = f"（{chain}）" if lang == "ja" else f" ({chain})"
        told.append(host + bracketed if host and chain else host or chain)
    return _joined(told, lang), "/".join(dict.fromkeys(one.rrtype for one in known))


def _counted(entry: Candidate, observations: Mapping[str, Observation]) -> tuple[int, int]:
    """Return how many observations a candidate rests on, and of how many the number of times is known."""
    known = [observations[name] for name in entry.observations if name in observations]
    return len(known), sum(one.count is not None for one in known)


def _unscreened(entry: Candidate, observations: Mapping[str, Observation]) -> bool:
    """Tell whether nothing shows that an address is the platform's: every record of it could not be checked."""
    known = [observations[name] for name in entry.observations if name in observations]
    return bool(known) and all(UNSCREENED.en in one.note for one in known)


def _rhythm(entry: Candidate, lang: str) -> str:
    """Return how far apart the sightings around a connection lie at most, or that nobody recorded it.

    Of several series that span the connection it is that of the closest, and no more than that one is said to be so.
    """
    if entry.longest_gap is None:
        if entry.first_seen == entry.last_seen:
            return ""
        return "。観測と観測の間隔は記録がない" if lang == "ja" else ", how far the sightings lie apart is not recorded"
    longest = span(entry.longest_gap, lang)
    if len(entry.observations) == 1:
        return f"。観測と観測の間隔は最長{longest}" if lang == "ja" else f", sightings at most {longest} apart"
    if lang == "ja":
        return f"。これを含む一続きの観測のうち最も密なものでは、観測と観測の間隔は最長{longest}"
    return f"; in the closest of the series that span it, sightings lie at most {longest} apart"


def _whole_ja(group: Group, entry: Candidate, observations: Mapping[str, Observation]) -> str:
    hosts, types = _records(entry, observations, "ja")
    known, counted = _counted(entry, observations)
    if entry.count is None:
        count = "回数の記録なし"
    elif known > 1:
        # What a source counts is its own: days, checks, answers. Their sum is no number of days.
        count = f"{known}件の記録で{'延べ' if counted == known else '少なくとも延べ'}{entry.count:,}回"
    else:
        count = f"{entry.count:,}回"
    vantages = "、".join(words.vantage(one, "ja") for one in entry.vantages) or "不明"
    said = [
        f"{hosts}の{types}レコード。{dates.sighted(entry.first_seen, entry.last_seen, 'ja')}（{count}）",
        _relation_ja(group, entry),
        f"観測地点は{vantages}",
        f"出典は{'、'.join(entry.sources) or '不明'}（確度 {word(CONFIDENCE, entry.confidence, 'ja')}）",
    ]
    if _unscreened(entry, observations):
        said.append(UNSCREENED.ja)
    if entry.shared:
        said.append(f"{entry.shared}の共用アドレス")
    return "。".join(said) + "。"


def _whole_en(group: Group, entry: Candidate, observations: Mapping[str, Observation]) -> str:
    hosts, types = _records(entry, observations, "en")
    known, counted = _counted(entry, observations)
    times = "time" if entry.count == 1 else "times"
    if entry.count is None:
        count = "number of times not recorded"
    elif known > 1:
        count = f"{'' if counted == known else 'at least '}{entry.count:,} {times} in all, in {known} records"
    else:
        count = f"{entry.count:,} {times}"
    record = f"DNS {types} record" if types else "DNS record"
    sources = ", ".join(entry.sources) or "unknown"
    said = [
        f"{record} of {hosts}, {dates.sighted(entry.first_seen, entry.last_seen, 'en')} ({count})",
        _relation_en(group, entry),
        f"Vantage: {'; '.join(entry.vantages) or 'unknown'}",
        f"Source: {sources} (confidence {word(CONFIDENCE, entry.confidence, 'en')})",
    ]
    if _unscreened(entry, observations):
        said.append(UNSCREENED.en[0].upper() + UNSCREENED.en[1:])
    if entry.shared:
        # The name may end in a full stop of its own (Cloudflare, Inc.).
        said.append(f"Shared address of {entry.shared.rstrip('.')}")
    return ". ".join(said) + "."


def _relation_ja(group: Group, entry: Candidate) -> str:
    which = noun(group, "ja")
    several = len({gap for _, gap in group.gaps(entry.address)}) > 1
    gap = groups.gap_words(group, entry, "ja") if entry.relation != "around" else ""
    if entry.relation == "around":
        rhythm = _rhythm(entry, "ja")
        if entry.first_seen == entry.last_seen:
            return f"{which}は、観測と同じ{dates.unit(entry.first_seen, 'ja')}にある{rhythm}"
        return f"{which}は、最初の観測と最後の観測の間にある{rhythm}"
    if entry.relation == "between":
        return f"{which}の前と後に観測があり、その間の観測はない。近い方の観測までの間隔は{gap}"
    if entry.relation == "before":
        nearest = f"{which}より前の観測であり、最も近い観測までの間隔は{gap}"
        return nearest if several else f"最も近い観測は、{which}の{gap}前"
    later = f"{which}より後にのみ観測されたもので、最も早い観測"
    return f"{later}までの間隔は{gap}" if several else f"{later}は、{which}の{gap}後"


def _relation_en(group: Group, entry: Candidate) -> str:
    which = noun(group, "en")
    several = len({gap for _, gap in group.gaps(entry.address)}) > 1
    gap = groups.gap_words(group, entry, "en") if entry.relation != "around" else ""
    if entry.relation == "around":
        rhythm = _rhythm(entry, "en")
        lies = "lie" if len(group.members) > 1 else "lies"
        if entry.first_seen == entry.last_seen:
            where = f"on the {dates.unit(entry.first_seen, 'en')} of the observation"
        else:
            where = "between the first and the last observation"
        return f"{which[0].upper()}{which[1:]} {lies} {where}{rhythm}"
    if entry.relation == "between":
        return f"Observed before and after {which}, with nothing in between; the nearer sighting is {gap} away"
    if entry.relation == "before":
        return f"Observed before {which}: {gap}" if several else f"The nearest sighting is {gap} before {which}"
    if several:
        return f"Observed only after {which}: {gap}"
    return f"Observed only after {which}; the earliest sighting is {gap} after it"


def noun(group: Group, lang: str) -> str:
    """Return what the rows of a group are called: one connection, several, or an instant asked about."""
    logins = all(row.login is not None for row in group.rows)
    one = len(group.rows) == 1
    if lang == "ja":
        return ("当該" if one else "各") + ("接続" if logins else "日時")
    if logins:
        return "the connection" if one else "the connections"
    return "the instant" if one else "the instants"
