"""The ledger strips: when each candidate address was observed, and how that lies to each login."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.destinations.sightings import moment, period
from ipattr.plots import subjects
from ipattr.plots.calendars import bin_start, bin_step
from ipattr.plots.picture import Plot
from ipattr.plots.settings import settled
from ipattr.plots.sheets import Words
from ipattr.plots.stripchart import chart, keys
from ipattr.plots.tidy import COUNT, INSTANT, JAPAN, TEXT, Column, tidy
from ipattr.renderers.layout import inert
from ipattr.renderers.words import CANDIDATES, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from ipattr.model import Candidate, Case, CaseRow, Lang
    from ipattr.plots.subjects import Subject

COLUMNS = (
    Column("mark", TEXT, "observed 観測期間、login ログイン", "observed, or login(s) beside that address"),
    Column("lane", COUNT, "図の段(上から1)", "lane of the chart, 1 at the top"),
    Column("address", TEXT, "候補のアドレス", "candidate address"),
    Column("hosts", TEXT, "ホスト名", "hosts"),
    Column("first_seen", TEXT, "最初の観測(公表のまま)", "first sighting, as published"),
    Column("last_seen", TEXT, "最後の観測(公表のまま)", "last sighting, as published"),
    Column("observations", COUNT, "観測の回数(分かるとき)", "number of sightings, where it is known for this span"),
    Column("shared", TEXT, "共用のCDN", "network shared with other customers"),
    Column("relation", TEXT, "ログインとの前後", "how the sightings lie to the login"),
    Column("period", TEXT, "current 同じ時期、other 別の時期", "current, or other: another era of the platform"),
    Column(
        "row", COUNT, "ログインの番号(まとめたときは欠損)", "number of the login; NA where several are taken together"
    ),
    Column("logins", COUNT, "ログインの件数", "logins that the mark stands for"),
    Column("utc", INSTANT, "日時(観測は最も早い場合)", "instant; of a sighting the earliest it can be"),
    Column("jst", JAPAN, "同じ日時(日本時間)", "the same in Japan time"),
    Column("until_utc", INSTANT, "観測の終わり(最も遅い場合)", "end of the sightings, the latest it can be"),
)
_MOST_LANES, _MOST_SINGLE = 34, 60
_RELATIONS = ("around", "between", "before", "after")
Mark = dict[str, Any]


class _Seen(NamedTuple):
    """One address over all candidate sets: its candidates, and how many logins have it in each relation."""

    address: str
    candidates: tuple[Candidate, ...]
    logins: Counter[tuple[str, str]]


def draw(case: Case, *, title: str, lang: Lang, account: str) -> Plot:
    """Return the figure: the addresses observed around the most logins stand first."""
    about = subjects.subject(case, lang=lang, account=account)
    drawn = [row for row in about.rows if row.login.instant and case.candidate_sets[row.candidates].candidates]
    seen = _seen(case, drawn)
    kept = seen[:_MOST_LANES]
    marks = [*_observed(kept), *_logins(case, drawn, kept)]
    notes = tuple(_notes(about, drawn, seen, kept))
    with settled():
        under = subjects.under(about, drawn)
        words = Words(title, (under,), tuple(keys(about, marks)), notes, subjects.stamp(about))
        sheet = chart(about, marks, words)
    return Plot(
        kind="destinations", figure=sheet.figure, data=tidy(COLUMNS, marks, case), title=title, note="\n".join(notes)
    )


def _seen(case: Case, rows: Sequence[CaseRow]) -> list[_Seen]:
    """Return every candidate address, first what was seen around most logins, then between, then nearest to them."""
    used = Counter(row.candidates for row in rows)
    found: dict[str, list[tuple[Candidate, int]]] = {}
    for key, logins in used.items():
        for one in case.candidate_sets[key].candidates:
            found.setdefault(one.address, []).append((one, logins))
    seen = []
    for address, some in found.items():
        counts: Counter[tuple[str, str]] = Counter()
        for one, logins in some:
            counts[one.relation, one.period] += logins
        seen.append(_Seen(address, tuple(one for one, _ in some), counts))
    return sorted(seen, key=_interest)


def _interest(seen: _Seen) -> tuple[int, int, int, int, str]:
    now = sum(count for (_, when), count in seen.logins.items() if when == "current")
    around, between = (seen.logins[relation, "current"] for relation in ("around", "between"))
    nearest = min(one.gap_days for one in seen.candidates)
    return -around, -between, -now, nearest, seen.address


def _observed(seen: Iterable[_Seen]) -> Iterator[Mark]:
    for lane, strip in enumerate(seen, start=1):
        some = strip.candidates
        first = min(some, key=lambda candidate: period(candidate.first_seen)[0])
        last = max(some, key=lambda candidate: period(candidate.last_seen)[1])
        whole = {(one.first_seen, one.last_seen): one.count for one in some}
        begins = moment(period(first.first_seen)[0])
        yield {
            "mark": "observed",
            "lane": lane,
            "address": strip.address,
            "hosts": inert("; ".join(dict.fromkeys(host for candidate in some for host in candidate.hosts))),
            "first_seen": first.first_seen,
            "last_seen": last.last_seen,
            "observations": whole.get((first.first_seen, last.last_seen)),
            "shared": inert(some[0].shared),
            "utc": begins,
            "jst": begins,
            "until_utc": moment(period(last.last_seen)[1]),
        }


def _logins(case: Case, rows: Sequence[CaseRow], seen: Sequence[_Seen]) -> Iterator[Mark]:
    lanes = {one.address: lane for lane, one in enumerate(seen, start=1)}
    moments = [_at(row) for row in rows]
    step = bin_step(moments) if len(rows) > _MOST_SINGLE else None
    counts: Counter[tuple[int, str, str, str, datetime, int | None]] = Counter()
    for row, at in zip(rows, moments, strict=True):
        where, number = (at, row.number) if step is None else (bin_start(at, step) + step / 2, None)
        for one in case.candidate_sets[row.candidates].candidates:
            if one.address in lanes:
                counts[lanes[one.address], one.address, one.relation, one.period, where, number] += 1
    for (lane, address, relation, era, at, number), logins in sorted(counts.items(), key=_place):
        said = {"relation": relation, "period": era, "row": number, "logins": logins}
        yield {"mark": "login", "lane": lane, "address": address, **said, "utc": at, "jst": at}


def _place(entry: tuple[tuple[int, str, str, str, datetime, int | None], int]) -> tuple[int, datetime, int, int, str]:
    (lane, _, relation, era, at, number), _ = entry
    return lane, at, number or 0, _RELATIONS.index(relation), era


def _at(row: CaseRow) -> datetime:
    if row.login.instant is None:
        raise ValueError(row.number)
    return row.login.instant.utc


def _notes(about: Subject, drawn: Sequence[CaseRow], seen: Sequence[_Seen], kept: Sequence[_Seen]) -> Iterator[str]:
    yield subjects.nature(about)
    yield about.say(
        "線は最初の観測と最後の観測を結んだもので、その間ずっと観測されたことを示さない。日付・月・年だけが公表されたものは"
        "その全体（協定世界時）として描く。ホストや端末によって候補となる観測は異なり、線は図のログイン全体での最初と最後。",
        "A line joins the first and the last sighting; it does not say that the address was seen all the time. What is "
        "published as a date, month or year is drawn as all of it (UTC). Which sightings count depends on host and "
        "client; a line is the first and last over all logins shown.",
    )
    if len(drawn) > _MOST_SINGLE:
        yield about.say(
            "ログインが多いため、近い日時のものを一つの印にまとめた（件数は図の元の表にある）。",
            "There are many logins: those near in time share a mark (the table behind the figure has the counts).",
        )
    rest = len(seen) - len(kept)
    if rest:
        yield about.say(
            f"候補が多いため、ほか{rest:,}アドレスは図にない。", f"{rest:,} more addresses have no room in the chart."
        )
    yield from subjects.left_out(about, _reasons(about, drawn))


def _reasons(about: Subject, drawn: Sequence[CaseRow]) -> list[tuple[int, str, str]]:
    numbers = {row.number for row in drawn}
    left = Counter(
        about.case.candidate_sets[row.candidates].status if row.login.instant else "no-time"
        for row in about.rows
        if row.number not in numbers
    )
    return [(count, word(CANDIDATES, status, "ja"), word(CANDIDATES, status, "en")) for status, count in left.items()]
