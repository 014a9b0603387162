"""The facts of one row as short lines, shared by the wide table and the stacked one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.renderers.layout import Line, Tone, inert
from ipattr.renderers.view import View, clock, endpoint, span, weekday
from ipattr.renderers.words import (
    ATTRIBUTION,
    CANDIDATES,
    CATEGORY,
    DEADLINE,
    KIND,
    POSITION,
    RELATION,
    ROW_STATUS,
    SEARCH,
    UNIT,
    keys,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Candidate, Deadline, Expiry, Party, SearchKey

SHOWN_CANDIDATES = 3
DEADLINE_TONE: dict[str, Tone] = {
    "open": "green",
    "due": "yellow",
    "passed-at-earliest": "red",
    "passed": "red",
    "unknown": "cyan",
}
SEARCH_TONE: dict[str, Tone] = {"searchable": "green", "incomplete": "yellow", "impossible": "red", "unknown": "cyan"}


class Shape(NamedTuple):
    """What the whole case has, so that columns without a fact are left out; ``brief`` names the chain elsewhere."""

    lang: str
    accounts: bool
    posts: dict[str, str]
    practice: bool
    brief: bool = False

    def say(self, ja: str, en: str) -> str:
        """Return the words in the language of the output."""
        return ja if self.lang == "ja" else en


def number(view: View, shape: Shape) -> list[Line]:
    """Row number, and the mark of a row that a person must look at."""
    lines = [Line(str(view.row.number), "bold")]
    if view.login.status == "review":
        lines.append(Line(word(ROW_STATUS, "review", shape.lang), "yellow"))
    return lines


def time(view: View, shape: Shape) -> list[Line]:
    """JST first, UTC below, and the kind of the event where it is not a login."""
    instant = view.login.instant
    lines: list[Line] = []
    if instant is None:
        lines.append(Line(shape.say("時刻なし", "no time"), "dim"))
    else:
        lines += [Line(clock(instant.utc, instant.precision, zone=zone) + " " + zone) for zone in ("JST", "UTC")]
    if instant is not None and view.login.kind != "login":
        lines.append(Line(word(KIND, view.login.kind, shape.lang)))
    return lines


def address(view: View, shape: Shape) -> list[Line]:
    """Address and port, the raw cell where it differs, the embedded address, the account if there are several."""
    login = view.login
    lines = [Line(endpoint(login))]
    if login.address.rules:
        lines.append(Line(shape.say("原文 ", "written ") + inert(login.address.raw), "dim"))
    if login.address.embedding and login.address.embedded:
        lines.append(Line(f"{login.address.embedding} {login.address.embedded}"))
    if login.hostname:
        lines.append(Line(inert(login.hostname)))
    if shape.accounts and (login.account.id or login.account.name):
        lines.append(Line(inert(f"ID {login.account.id}" if login.account.id else f"@{login.account.name}"), "dim"))
    return lines


def origin(view: View, shape: Shape) -> list[Line]:
    """Longest announced prefix, each origin AS with the registrant's handle, and a delegation outside Japan."""
    network = view.attribution.network
    if network is None:
        return [Line("-", "dim")]
    handles = {r.number: r.handle for r in view.attribution.registrants}
    lines = [Line(f"AS{o.asn} {handles.get(o.asn, '')}".rstrip()) for o in network.origins]
    lines.append(Line(network.prefix, "dim"))
    if any(o.delegated == "other" for o in network.origins):
        lines.append(Line(shape.say("割振りは国外", "delegated abroad"), "yellow"))
    return lines


def addressee(view: View, shape: Shape) -> list[Line]:
    """Name the one addressee, or each that comes into question, then who may stand behind."""
    verdict = view.attribution
    label = word(ATTRIBUTION, verdict.status, shape.lang)
    if verdict.status == "attributed" and verdict.addressee:
        lines = [Line(party_name(verdict.addressee, shape.lang), "bold")]
    elif verdict.status == "ambiguous":
        lines = [Line(label, "yellow")]
        lines += [Line(f"{n}) {name}") for n, name in enumerate(party_names(verdict.alternatives, shape.lang), start=1)]
    else:
        lines = [Line(label, "yellow")]
        detail = [word(CATEGORY, verdict.category, shape.lang)] if verdict.category else []
        if verdict.operator:
            detail.append(verdict.operator.pick(shape.lang))
        lines += [Line(text) for text in dict.fromkeys(detail)]
        if verdict.holder.ask:
            lines.append(Line(verdict.holder.ask.pick(shape.lang)))
    behind = party_names(verdict.chain, shape.lang)
    if len(behind) > 1 and shape.brief:
        more = len(behind) - 1
        lines.append(Line(shape.say(f"背後 {behind[0]}ほか{more}者", f"behind: {behind[0]} and {more} more"), "dim"))
    elif behind:
        lines.append(Line(shape.say("背後 ", "behind: ") + shape.say("、", "; ").join(behind), "dim"))
    return [Line(inert(line.text), line.tone) for line in lines]


def party_name(party: Party, lang: str) -> str:
    """Return the name of a party with the service meant."""
    name = party.name.pick(lang)
    if not party.service or party.service in name:
        return name
    return f"{name}（{party.service}）" if lang == "ja" else f"{name} ({party.service})"


def party_names(parties: Sequence[Party], lang: str) -> list[str]:
    """Return each distinct name once, with all the services meant."""
    services: dict[str, dict[str, None]] = {}
    for party in parties:
        meant = services.setdefault(party.name.pick(lang), {})
        if party.service:
            meant[party.service] = None
    return [
        name + ((f"（{'・'.join(meant)}）" if lang == "ja" else f" ({', '.join(meant)})") if meant else "")
        for name, meant in services.items()
    ]


def search(view: View, shape: Shape) -> list[Line]:
    """Verdict, and what is missing."""
    lines = [Line(word(SEARCH, view.search.status, shape.lang), SEARCH_TONE.get(view.search.status, "dim"))]
    lines += [Line(f"{shape.say('不足', 'missing')} {text}") for text in lacking(view.search, shape.lang)]
    return lines


def lacking(found: SearchKey, lang: str) -> list[str]:
    """Return what is missing, one phrase per distinct need; sets of which any one suffices are joined by "or"."""
    needs = [
        dict.fromkeys(keys(tuple(k for k in needed if k not in found.held), lang) for needed in option.needed)
        for option in found.options
        if option.status == "incomplete"
    ]
    phrases = dict.fromkeys((" または " if lang == "ja" else " or ").join(filter(None, need)) for need in needs)
    return [text for text in phrases if text] or ([keys(found.missing, lang)] if found.missing else [])


def candidates(view: View, shape: Shape) -> list[Line]:
    """How many possible destinations, and the first of them with their distance to the login."""
    found = view.candidates
    if found.status != "observed":
        return [Line(word(CANDIDATES, found.status, shape.lang), "dim")]
    lines = [Line(shape.say(f"{len(found.candidates)}件", f"{len(found.candidates)} observed"))]
    lines += [Line(candidate(c, shape)) for c in found.candidates[:SHOWN_CANDIDATES]]
    more = len(found.candidates) - SHOWN_CANDIDATES
    if more > 0:
        lines.append(Line(shape.say(f"ほか{more}件", f"{more} more"), "dim"))
    if any(c.shared for c in found.candidates):
        lines.append(Line(shape.say("共用あり", "some shared"), "dim"))
    return lines


def candidate(c: Candidate, shape: Shape) -> str:
    """Return one candidate: address, and whether it was observed before, around or after the login, how many days."""
    relation = word(RELATION, c.relation, shape.lang)
    if c.relation == "around":
        return f"{c.address} {relation}"
    if c.gap_days == 0:
        return f"{c.address} {shape.say(f'1日未満{relation}', f'<1d {relation}')}"
    return f"{c.address} {shape.say(f'{c.gap_days}日{relation}', f'{c.gap_days}d {relation}')}"


def expiry(view: View, shape: Shape) -> list[Line]:
    """Earliest and latest expiry, and the figures they rest on."""
    verdict = view.deadline
    if verdict.earliest is None:
        return [Line("-", "dim")]
    lines = [Line(verdict.earliest.isoformat())]
    if verdict.latest and verdict.latest != verdict.earliest:
        lines.append(Line(f"{shape.say('最長', 'latest')} {verdict.latest}"))
    if verdict.open_ended:
        lines.append(Line(shape.say("最長 不定", "latest open")))
    figures = dict.fromkeys(figure(e, shape.lang) for e in verdict.expiries)
    if figures:
        lines.append(Line((" / ").join(figures), "dim"))
    return lines


def figure(entry: Expiry, lang: str) -> str:
    """Return the retention figure in the unit as published."""
    policy = entry.policy
    if lang == "ja":
        return f"{policy.value}{UNIT[policy.unit][0]}" + ("以上" if policy.bound == "at-least" else "")
    unit = UNIT[policy.unit][1] + ("s" if policy.value != 1 else "")
    return ("at least " if policy.bound == "at-least" else "") + f"{policy.value} {unit}"


def act_by(view: View, shape: Shape) -> list[Line]:
    """Name the last useful working day, the status, and the days left to the earliest expiry."""
    verdict = view.deadline
    lines: list[Line] = []
    if verdict.act_by:
        lines.append(Line(f"{verdict.act_by} ({weekday(verdict.act_by, shape.lang)})", "bold"))
    lines.append(Line(status(verdict, shape), DEADLINE_TONE.get(verdict.status, "dim")))
    return lines


def status(verdict: Deadline, shape: Shape) -> str:
    """Return the status of a deadline with the days left or gone."""
    text = word(DEADLINE, verdict.status, shape.lang)
    days = verdict.days_left
    if days is None:
        return text
    if shape.lang == "ja":
        return f"{text} " + (f"残{days}日" if days >= 0 else f"{-days}日超過")
    return f"{text}, " + (f"{days} d left" if days >= 0 else f"{-days} d over")


def nearest(view: View, shape: Shape) -> list[Line]:
    """Mark the row as the nearest login to a post, on either side, with the gap."""
    lines: list[Line] = []
    for link in view.links:
        marks: list[str] = []
        if link.nearest:
            marks.append(shape.say("最近接", "nearest"))
        if link.nearest_before:
            marks.append(shape.say("直前", "last before"))
        if link.nearest_after:
            marks.append(shape.say("直後", "first after"))
        if link.tie:
            marks.append(shape.say("同順位", "tie"))
        if link.uncertain:
            marks.append(shape.say("精度不足", "precision does not settle it"))
        label = shape.posts.get(link.post, link.post)
        gap = "" if link.position == "same" else span(link.gap_seconds, shape.lang)
        where = word(POSITION, link.position, shape.lang)
        text = f"{label} {shape.say('・', ', ').join(marks)} {gap}{'' if shape.lang == 'ja' else ' '}{where}"
        lines.append(Line(" ".join(text.split()), "bold" if link.nearest else "plain"))
    return lines


def time_and_nearest(view: View, shape: Shape) -> list[Line]:
    """Set time and distance to the posts in one cell."""
    return time(view, shape) + nearest(view, shape)


def address_and_origin(view: View, shape: Shape) -> list[Line]:
    """Set address and origin in one cell."""
    return address(view, shape) + origin(view, shape)


def practice(view: View, shape: Shape) -> list[Line]:
    """Give the general range for the kind of access: only where no figure of the provider's own is known."""
    found = view.deadline.practice
    if found is None:
        return []
    return [
        Line(shape.say("実務 ", "practice ") + str(found.earliest), "cyan"),
        Line(shape.say("最長 ", "latest ") + str(found.latest), "cyan"),
    ]


def without_blanks(lines: Sequence[Line]) -> list[Line]:
    """Drop empty lines."""
    return [line for line in lines if line.text]
