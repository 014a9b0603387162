"""Verdicts over whole columns: each distinct question is answered once by the pure core and joined back to its rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ipattr.addresses import to_number, to_text
from ipattr.attribution import attribute
from ipattr.bulk.accepted import HELD_DESTINATION, HELD_PORT, HELD_TIME
from ipattr.bulk.arrays import distinct, view
from ipattr.bulk.extra import words
from ipattr.bulk.keyed import DENSE, Keys, Numbers, Said
from ipattr.bulk.segments import segments
from ipattr.bulk.stand_in import viewed
from ipattr.case import deadline_of, log_holders, observed
from ipattr.destinations import candidates_in, survey
from ipattr.destinations.clients import kind_of
from ipattr.destinations.sightings import DAY, SECOND, moment
from ipattr.instants import JST
from ipattr.renderers import facts
from ipattr.renderers.csv import Told, pressing, said
from ipattr.retention import dates, figures
from ipattr.search_key import Asked, answer, rule_boundaries

if TYPE_CHECKING:
    from collections.abc import Hashable

    import numpy as np

    from ipattr.bulk.accepted import Accepted
    from ipattr.model import Attribution, CandidateSet, Deadline, KeyItem
    from ipattr.registry import Registry

    Array = np.ndarray[Any, Any]

BY_CARRIER = frozenset(
    {
        "attribution_status",
        "origin_as",
        "as_registrant",
        "delegated",
        "holder_status",
        "holder",
        "holder_ask",
        "operator",
        "addressee",
        "alternatives",
        "chain",
        "sharing",
        "attribution_explanation",
        "next_step",
    }
)
BY_NETWORK = frozenset({"prefix"})
BY_SEARCH = frozenset({"search_key_status", "search_key_needed", "search_key_missing"})
BY_CANDIDATES = frozenset({"candidates_status", "candidates"})
DATES = frozenset(
    {
        "deadline_status",
        "connected_on_jst",
        "earliest_expiry",
        "latest_expiry",
        "act_by",
        "days_left",
        "days_to_expiry",
    }
)
"""The cells of a deadline that the figures alone decide; the others name whose they are."""
BY_DEADLINE = DATES | {"retention", "practice"}
_OF_PREFIX = frozenset({"attribution_explanation", "provenance"})
_REMEMBERED = 1 << 16
"""So many answers of one kind are kept; a log that asks more than that per chunk is answered anew."""
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_JST_MICROS = 9 * 3600 * 1_000_000
_DAY_BITS, _DAY_ZERO = 22, 1 << 20
_NEAR = 1 << 12
"""Days around the as-of date for which a deadline has a small key."""
_HELD: tuple[tuple[int, KeyItem], ...] = (
    (HELD_TIME, "time"),
    (HELD_PORT, "source-port"),
    (HELD_DESTINATION, "destination-ip"),
)


Question = tuple[int, int, int]
"""What a candidate set was asked for first: microseconds since 1970, IP version, place in ``_CLIENTS``."""


class Judged(NamedTuple):
    """Which cells belong to each accepted row: ids (int32) into the tables of ``Verdicts``, and network numbers.

    ``candidates`` is None where no wanted column asks for them; ``firsts`` are the remarks that stand at the first row
    of a candidate set instead of those of its table.
    """

    carrier: Array
    network: Array
    search: Array | None
    deadline: Array | None
    candidates: Array | None
    firsts: dict[int, str]


class Verdicts:
    """The tables of answers for one platform and as-of date, filled as rows ask; nothing in them depends on the order.

    One thread asks (``judge``, ``forget``); another may read the tables of ids that were given, but for ``forget``.

    ``carriers``, ``searches``, ``deadlines`` and ``sets`` hold the cells of the wanted columns by id (``findings`` and
    ``provenance``: the part that the verdict brings), ``prefixes`` those of the networks by their numbers. ``told`` are
    the candidate sets whose first row has passed.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        platform: str,
        as_of: date,
        lang: str,
        wanted: frozenset[str],
        once: bool = True,
    ) -> None:
        """Cut the address space and prepare the observations of the platform where candidates are wanted.

        ``once``: as in a CSV, what candidates come with for information stands at their first row alone.
        """
        self._registry = registry
        self._as_of = as_of
        self.lang = lang
        self._wanted = wanted
        self._segments = segments(registry)
        # Where words name the prefix, every place has words of its own.
        self._alike = self._segments.own() if wanted & _OF_PREFIX else self._segments.kind
        self._kinds = int(self._alike.max()) + 1
        self._eras = rule_boundaries(registry.providers, list(registry.providers)) if wanted & BY_SEARCH else ()
        self.prefixes = words(registry.prefixes())
        self._once = once
        self._told = Told()
        self._told_keys: set[int] = set()
        self.told: list[Question] = []
        if self._asks(BY_CANDIDATES):
            self._survey = survey(registry.platforms.get(platform), observed(registry, platform, ()))
        self.carriers = Said()
        self.searches = Said()
        self.deadlines = Said()
        self.sets = Said()
        self._search_keys, self._deadline_keys, self._set_keys = Keys(), Keys(), Keys()
        self.forget()

    def _asks(self, columns: frozenset[str]) -> bool:
        return bool(self._wanted & columns) or "findings" in self._wanted

    def forget(self) -> None:
        """Begin all tables anew; ids given before do not hold any more."""
        for table in (self.carriers, self.searches, self.deadlines, self.sets):
            table.clear()
        for keys in (self._search_keys, self._deadline_keys, self._set_keys):
            keys.clear()
        self._carrier_ids = Numbers(self._kinds)
        self._groups: dict[Hashable, int] = {}
        self._grouped: list[Attribution] = []
        self._figures: dict[Hashable, int] = {}
        self._figured: list[Attribution] = []
        self._group_of, self._figure_of = Numbers(), Numbers()
        self._extras: dict[tuple[Hashable, str | None], int] = {}
        self._extra: list[tuple[str, str | None]] = []

    @property
    def large(self) -> bool:
        """Whether so much is known that it should be forgotten."""
        return max(map(len, (self.carriers, self.searches, self.deadlines, self.sets))) > _REMEMBERED

    def judge(self, rows: Accepted) -> Judged:
        """Return the ids of the verdicts of every row, answering what no earlier row has asked."""
        import numpy as np

        carrier, network = self._carriers(rows)
        group = self._group_of.at(carrier).astype(np.int64)
        day = (rows.utc + _JST_MICROS) // DAY
        firsts: dict[int, str] = {}
        return Judged(
            carrier=carrier,
            network=network,
            search=self._search(rows, group, day) if self._wanted & BY_SEARCH else None,
            deadline=self._deadline(carrier, group, day) if self._asks(BY_DEADLINE) else None,
            candidates=self._candidates(rows, firsts) if self._asks(BY_CANDIDATES) else None,
            firsts=firsts,
        )

    def _carriers(self, rows: Accepted) -> tuple[Array, Array]:
        """Return the id of each row's attribution and the number of its network.

        An address in a special-purpose block, or with a host name beside it, is attributed by itself.
        """
        import numpy as np

        raw = self._segments.places(rows.version, rows.high)
        network, alike = self._segments.network[raw], self._alike[raw]
        for at, event in rows.odd.items():
            block = self._registry.specials.find(*to_number(event.address.line))
            if block is not None:
                alike[at] = self._another(("special", block.prefix), event.address.line, event.hostname)
                network[at] = 0
        if rows.names_anything("hostname"):
            self._name(rows, raw, alike)
        ids = self._carrier_ids.at(alike)
        missing = np.flatnonzero(ids < 0)
        if len(missing):
            new, first, _ = distinct(alike[missing])
            for one, at in zip(new.tolist(), missing[first].tolist(), strict=True):
                self._carrier_ids.put(one, self._settle(one, int(raw[at])))
            ids = self._carrier_ids.at(alike)
        return ids, network

    def _name(self, rows: Accepted, raw: Array, alike: Array) -> None:
        """Tell apart the rows that carry a host name."""
        names = rows.text("hostname").to_pylist()
        lines = rows.text("ip")
        for at, name in enumerate(names):
            if name and alike[at] < self._kinds:
                line = rows.odd[at].address.line if at in rows.odd else lines[at].as_py()
                alike[at] = self._another(int(raw[at]), line, name)

    def _another(self, what: Hashable, line: str, hostname: str | None) -> int:
        key = (what, hostname)
        if key not in self._extras:
            self._extras[key] = self._kinds + len(self._extra)
            self._extra.append((line, hostname))
            self._carrier_ids.put(self._extras[key], -1)
        return self._extras[key]

    def _settle(self, alike: int, raw: int) -> int:
        """Attribute one kind of place and return its id."""
        line, hostname = to_text(self._segments.version(raw), self._segments.sample(raw)), None
        if alike >= self._kinds:
            line, hostname = self._extra[alike - self._kinds]
        found = attribute(line, facts=self._registry, hostname=hostname)
        number = self.carriers.add(self._attribution_cells(found))
        group = self._groups.setdefault((found.status, found.alternatives), len(self._grouped))
        if group == len(self._grouped):
            self._grouped.append(found)
        depends = figures(log_holders(found), providers=self._registry.providers)
        figure = self._figures.setdefault(depends, len(self._figured))
        if figure == len(self._figured):
            self._figured.append(found)
        self._group_of.put(number, group)
        self._figure_of.put(number, figure)
        return number

    def _attribution_cells(self, found: Attribution) -> dict[str, str]:
        cells = facts.attribution(viewed(attribution=found), self.lang)
        if "provenance" in self._wanted:
            cells["provenance"] = facts.cited(found.provenance)
        if "findings" in self._wanted:
            cells["findings"] = said(found.findings, self.lang)
        return cells

    def _search(self, rows: Accepted, group: Array, day: Array) -> Array:
        """Return the id of each row's search key: by parties, what is held, version, and the rules of the date."""
        import numpy as np

        turns = np.asarray([turn.toordinal() - _EPOCH_ORDINAL for turn in self._eras], dtype=np.int64)
        era = _eras(turns, day)
        keys = ((group << 3 | rows.held) << 1 | (rows.version == 6)) * (2 * len(turns) + 1) + era  # noqa: PLR2004 - IP version

        def reply(_: int, at: int) -> None:
            found = self._grouped[int(group[at])]
            version: Literal[4, 6] = 6 if rows.version[at] == 6 else 4  # noqa: PLR2004 - IP version
            asked = Asked(_items(int(rows.held[at])), version, _date(int(day[at])))
            verdict = answer(found, asked, providers=self._registry.providers)
            self.searches.add(facts.search(viewed(attribution=found, search=verdict), self.lang))

        return self._search_keys.ids(keys, reply)

    def _deadline(self, carrier: Array, group: Array, day: Array) -> Array:
        """Return the id of each row's deadline: by JST date, and by holders or, where dates suffice, their figures."""
        import numpy as np

        by_figure = not self._asks(BY_DEADLINE - DATES)
        whose = self._figure_of.at(carrier).astype(np.int64) if by_figure else group
        parties = self._figured if by_figure else self._grouped

        def reply(_: int, at: int) -> None:
            found, connected = parties[int(whose[at])], _midnight(int(day[at]))
            verdict = self._dates(found, connected) if by_figure else self._words(found, connected)
            cells = facts.deadline(viewed(attribution=found, deadline=verdict), self.lang)
            self.deadlines.add(cells | {"findings": said(verdict.findings, self.lang)})

        # Dates of these decades make small keys, which are found at once.
        near = day - self._as_of.toordinal() + _EPOCH_ORDINAL + _NEAR // 2
        keys = whose * _NEAR + near
        far = (near < 0) | (near >= _NEAR)
        if far.any():
            keys = np.where(far, DENSE + (whose << _DAY_BITS | (day + _DAY_ZERO)), keys)
        return self._deadline_keys.ids(keys, reply)

    def _words(self, found: Attribution, connected: datetime) -> Deadline:
        return deadline_of(found, connected, registry=self._registry, as_of=self._as_of)

    def _dates(self, found: Attribution, connected: datetime) -> Deadline:
        return dates(
            log_holders(found),
            connected,
            providers=self._registry.providers,
            as_of=self._as_of,
            calendar=self._registry.calendar,
        )

    def _candidates(self, rows: Accepted, firsts: dict[int, str]) -> Array:
        """Return the id of each row's candidate set: by span of time, version, and what kind of client it was."""
        clients = _clients(rows)
        epochs = _epochs(rows.utc, self._survey.boundaries, self._survey.zones)
        keys = (epochs << 1 | (rows.version == 6)) << 2 | clients  # noqa: PLR2004 - IP version

        def reply(key: int, at: int) -> None:
            asked = (int(rows.utc[at]), int(rows.version[at]), int(clients[at]))
            found = self._set(asked)
            cells = facts.candidates(viewed(candidates=found), self.lang)
            usual = said(pressing(found.findings) if self._once else found.findings, self.lang)
            self.sets.add(cells | {"findings": usual})
            if self._once and key not in self._told_keys:
                self._told_keys.add(key)
                self.told.append(asked)
                firsts[at] = said(self._told.first(found.findings), self.lang)

        return self._set_keys.ids(keys, reply)

    def _set(self, asked: Question) -> CandidateSet:
        utc, version, client = asked
        return candidates_in(
            self._survey,
            moment(utc),
            family=6 if version == 6 else 4,  # noqa: PLR2004 - IP version
            shared=self._registry.shared,
            client=_CLIENTS[client],
        )

    def remind(self, told: list[Question]) -> None:
        """Take over which sets an interrupted run has told of (its ``told``)."""
        import numpy as np

        for asked in told:
            utc = np.array([asked[0]], dtype=np.int64)
            epoch = int(_epochs(utc, self._survey.boundaries, self._survey.zones)[0])
            self._told_keys.add((epoch << 1 | (asked[1] == 6)) << 2 | asked[2])  # noqa: PLR2004 - IP version
            self._told.first(self._set(asked).findings)
        self.told += told


_CLIENTS = ("", "web", "api", "mobile")


def _clients(rows: Accepted) -> Array:
    """Return the place in ``_CLIENTS`` of what each row says it was made with."""
    import numpy as np

    if not rows.names_anything("client"):
        return np.zeros(len(rows), dtype=np.int64)
    coded = rows.text("client").dictionary_encode()
    words = [_CLIENTS.index(kind_of(str(text))) for text in coded.dictionary.to_pylist()]
    made: Array = np.asarray(words, dtype=np.int64)[view(coded.indices, "int32")]
    return made


def _epochs(utc: Array, boundaries: tuple[int, ...], zones: tuple[tuple[int, int], ...]) -> Array:
    """Return equal numbers where ``destinations.epoch_key`` gives equal keys."""
    import numpy as np

    part = np.searchsorted(np.asarray(boundaries, dtype=np.int64), utc, side="right")
    keys = (utc // DAY + _DAY_ZERO) << 20 | part
    opens, closes = (np.asarray([zone[end] for zone in zones], dtype=np.int64) for end in (0, 1))
    before = np.searchsorted(opens, utc, side="left")
    exact = before > 0
    exact[exact] = utc[exact] < closes[before[exact] - 1]
    keys[exact] = 1 << 59 | (utc[exact] // SECOND + (1 << 36)) << 20 | part[exact]
    return keys


def _eras(turns: Array, day: Array) -> Array:
    """Return equal numbers for dates on which the same rules hold; a date on which one begins or ends has its own."""
    import numpy as np

    if not len(day):
        return day
    first, last = int(day.min()), int(day.max())
    # Of a log there are fewer dates than rows.
    dates = np.arange(first, last + 1) if last - first < len(day) else day
    eras = np.searchsorted(turns, dates, side="right") + np.searchsorted(turns, dates, side="left")
    return eras[day - first] if dates is not day else eras


def _items(held: int) -> tuple[KeyItem, ...]:
    return ("source-ip", *[item for bit, item in _HELD if held & bit])


def _date(day: int) -> date:
    return date.fromordinal(day + _EPOCH_ORDINAL)


def _midnight(day: int) -> datetime:
    """Return the beginning of a JST date, counted from 1970-01-01."""
    return datetime.combine(_date(day), datetime.min.time(), tzinfo=JST)
