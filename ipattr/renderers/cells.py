"""The facts of one row as short lines, shared by the wide table and the stacked one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers import registry
from ipattr.renderers.layout import Line, Tone, inert
from ipattr.renderers.view import Shape, View, clock, endpoint, span, unknown_parties, weekday
from ipattr.renderers.words import (
    ACT_BY_PASSED,
    ATTRIBUTION,
    CANDIDATES,
    CATEGORY,
    DEADLINE,
    KIND,
    POSITION,
    RELATION,
    ROW_STATUS,
    SEARCH,
    UNCHECKED,
    any_of,
    figure,
    keys,
    party_names,
    short_names,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Candidate, Deadline, SearchKey

SHOWN_CANDIDATES = 3
DEADLINE_TONE: dict[str, Tone] = {
    "open": "green",
    "due": "yellow",
    "passed-at-earliest": "red",
    "passed": "red",
    "unknown": "cyan",
}
SEARCH_TONE: dict[str, Tone] = {"searchable": "green", "incomplete": "yellow", "impossible": "red", "unknown": "cyan"}


def number(view: View, shape: Shape) -> list[Line]:
    """Row number, and the mark of a row that a person must look at."""
    lines = [Line(str(view.row.number), "bold")]
    if view.login.status == "review":
        lines.append(Line(word(ROW_STATUS, "review", shape.lang), "yellow"))
    if view.login.repairs:
        lines.append(Line(word(ROW_STATUS, "repaired", shape.lang), "yellow"))
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
        one = verdict.addressee
        same = [party for party in verdict.alternatives if party.name == one.name] or [one]
        lines = [Line(party_names(same, shape.lang)[0], "bold")]
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


def search(view: View, shape: Shape) -> list[Line]:
    """Verdict, and what is missing."""
    lines = [Line(word(SEARCH, view.search.status, shape.lang), SEARCH_TONE.get(view.search.status, "dim"))]
    lines += [Line(f"{shape.say('不足', 'missing')} {text}") for text in lacking(view.search, shape.lang)]
    return lines


def lacking(found: SearchKey, lang: str) -> list[str]:
    """Return what is missing, one phrase per distinct need; sets of which any one suffices are joined by "or"."""
    phrases = dict.fromkeys(
        any_of(option, lang, held=found.held) for option in found.options if option.status == "incomplete"
    )
    return [text for text in phrases if text] or ([keys(found.missing, lang)] if found.missing else [])


def candidates(view: View, shape: Shape) -> list[Line]:
    """How many possible destinations of the login's own period, and the first of them; others only counted."""
    found = view.candidates
    if found.status != "observed":
        return [Line(word(CANDIDATES, found.status, shape.lang), "dim")]
    current = [c for c in found.candidates if c.period == "current"]
    lines = [Line(shape.say(f"{len(current)}件", f"{len(current)} observed"))]
    lines += [Line(candidate(c, shape)) for c in current[:SHOWN_CANDIDATES]]
    more, others = len(current) - SHOWN_CANDIDATES, len(found.candidates) - len(current)
    if more > 0:
        lines.append(Line(shape.say(f"ほか{more}件", f"{more} more"), "dim"))
    if others:
        lines.append(Line(shape.say(f"ほか別の時期 {others}件", f"{others} of another period"), "dim"))
    if any(c.shared for c in current):
        lines.append(Line(shape.say("共用あり", "some shared"), "dim"))
    return lines


def candidate(c: Candidate, shape: Shape) -> str:
    """Return one candidate: address, and how its observations lie to the login, how many days away."""
    relation = word(RELATION, c.relation, shape.lang)
    if c.relation == "around":
        return f"{c.address} {relation}"
    if c.relation == "between":
        return f"{c.address} {shape.say(f'{relation}(最短{c.gap_days}日)', f'{relation} (nearest {c.gap_days}d)')}"
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
    without = unknown_parties(view)
    if without:
        names = short_names(without, view.attribution.alternatives, shape.lang)
        lines.append(Line(inert(shape.say(f"{names}は不明", f"unknown for {names}")), "cyan"))
    return lines


def act_by(view: View, shape: Shape) -> list[Line]:
    """Name the last useful working day, the status, and the days left until it."""
    verdict = view.deadline
    lines: list[Line] = []
    if verdict.act_by:
        lines.append(Line(f"{verdict.act_by} ({weekday(verdict.act_by, shape.lang)})", "bold"))
    lines.append(Line(status(verdict, shape), DEADLINE_TONE.get(verdict.status, "dim")))
    return lines


def status(verdict: Deadline, shape: Shape) -> str:
    """Return the status with the days left to act by; once that is behind, with those to or since the expiry."""
    text = word(DEADLINE, verdict.status, shape.lang)
    left, expiry_in = verdict.days_left, verdict.days_to_expiry
    if expiry_in is not None and expiry_in < 0:
        return text + shape.say(f"（{-expiry_in}日前）", f" ({-expiry_in} d ago)")
    if left is None:
        return text
    if left >= 0:
        return text + shape.say(f" 残{left}日", f", {left} d left")
    text = ACT_BY_PASSED.pick(shape.lang)
    return text if expiry_in is None else text + shape.say(f"（消去まで{expiry_in}日）", f" (gone in {expiry_in} d)")


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
        if (link.post, link.login) in shape.unchecked:
            lines.append(Line(UNCHECKED.pick(shape.lang), "yellow"))
    return lines


def time_and_nearest(view: View, shape: Shape) -> list[Line]:
    """Set time and distance to the posts in one cell."""
    return time(view, shape) + nearest(view, shape)


def address_and_origin(view: View, shape: Shape) -> list[Line]:
    """Set address and origin in one cell."""
    return address(view, shape) + origin(view, shape)


def address_origin_and_holder(view: View, shape: Shape) -> list[Line]:
    """Set address, origin and what the registries say in one cell."""
    said = registry.cell(view, shape)
    label = [Line(shape.say("登録名義:", "registered holder:"), "dim")] if said else []
    return address_and_origin(view, shape) + label + said


def practice(view: View, shape: Shape) -> list[Line]:
    """Give the general range for the kind of access: only where no figure of the provider's own is known."""
    found = view.deadline.practice
    if found is None:
        return []
    lines = [
        Line(shape.say("実務 ", "practice ") + str(found.earliest), "cyan"),
        Line(shape.say("最長 ", "latest ") + str(found.latest), "cyan"),
    ]
    whose = [party for party in unknown_parties(view) if party.provider in found.providers]
    if view.deadline.expiries and whose:
        names = short_names(whose, view.attribution.alternatives, shape.lang)
        lines.append(Line(inert(shape.say(f"{names}の目安", f"for {names}")), "cyan"))
    return lines


def without_blanks(lines: Sequence[Line]) -> list[Line]:
    """Drop empty lines."""
    return [line for line in lines if line.text]
