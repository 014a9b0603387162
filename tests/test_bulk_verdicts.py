"""The laws that let one answer stand for many rows: places, keys, figures, epochs, and texts by column."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.addresses import to_number, to_text
from ipattr.attribution import attribute
from ipattr.bulk import COLUMNS
from ipattr.bulk.accepted import ALL_PRECISIONS, accept
from ipattr.bulk.keyed import DENSE, Coded, Keys, Said
from ipattr.bulk.lines import guarded, instants
from ipattr.bulk.parsed import Parsed
from ipattr.bulk.segments import Segments, bisect, segments
from ipattr.bulk.verdicts import Verdicts, _epochs
from ipattr.case import deadline_of, log_holders, observed
from ipattr.destinations import epoch_key, survey
from ipattr.destinations.sightings import micros, moment
from ipattr.registry import Registry, open_registry
from ipattr.renderers.csv import guard, quoted
from ipattr.renderers.view import iso
from ipattr.retention import dates, figures

if TYPE_CHECKING:
    from ipattr.model import Attribution

AS_OF = date(2026, 11, 20)


@cache
def _registry() -> Registry:
    return open_registry()


@cache
def _segments() -> Segments:
    return segments(_registry())


def _but_prefix(found: Attribution) -> Attribution:
    """Return all of an attribution that does not name its address or its prefix."""
    return msgspec.structs.replace(
        found,
        address="",
        network=found.network and msgspec.structs.replace(found.network, prefix=""),
        explanation=found.next_step,
        findings=tuple(msgspec.structs.replace(finding, about="") for finding in found.findings),
        provenance=tuple(entry for entry in found.provenance if not entry.locator.startswith("networks/")),
    )


def test_places_of_one_kind_are_attributed_alike() -> None:
    cut = _segments()
    alike: dict[int, Attribution] = {}
    prefixes = _registry().prefixes()
    for place in range(len(cut.kind)):
        found = attribute(to_text(cut.version(place), cut.sample(place)), facts=_registry())
        assert alike.setdefault(int(cut.kind[place]), _but_prefix(found)) == _but_prefix(found), place
        if found.status != "special-purpose":
            assert prefixes[int(cut.network[place])] == (found.network.prefix if found.network else "")
    assert len(set(alike.values())) > 100, "the tables tell more than a few kinds apart"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_attributed_as_its_place(number: int) -> None:
    _compare(4, number)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.integers(0, 2**128 - 1), st.integers(0x2000 << 112, (0x2C10 << 112) - 1)))
def test_an_ipv6_address_is_attributed_as_its_place(number: int) -> None:
    if _registry().specials.find(6, number) is None:
        _compare(6, number)


@pytest.mark.parametrize("version", [4, 6])
def test_both_sides_of_every_cut_are_attributed_as_their_places(version: int) -> None:
    cut = _segments()
    starts = cut.starts4 if version == 4 else cut.starts6
    shift = 0 if version == 4 else 64
    chance = random.Random(7)  # noqa: S311 - a fixed choice of examples
    for start in chance.sample(starts[1:].tolist(), 400):
        _compare(version, start << shift)
        _compare(version, (start << shift) - 1)


@pytest.mark.parametrize("text", ["1::", "::126.0.0.1", "1:0:0:2::", "::4050:1:2:3:4:5:6", "64:ff9b:0:0:1::", "::2"])
def test_what_a_short_block_means_is_not_said_of_its_neighbours(text: str) -> None:
    number = to_number(text)[1] if text != "::126.0.0.1" else 0x7E000001
    cut = _segments()
    place = int(cut.places(np.array([6], np.uint8), np.array([number >> 64], np.uint64))[0])
    assert _registry().specials.find(6, number) is None
    assert _registry().specials.find(6, cut.sample(place)) is None
    _compare(6, number)


def _compare(version: int, number: int) -> None:
    cut = _segments()
    high = number if version == 4 else number >> 64
    place = int(cut.places(np.array([version], np.uint8), np.array([high], np.uint64))[0])
    if _registry().specials.find(version, number) != _registry().specials.find(version, cut.sample(place)):
        assert version == 6, "special-purpose blocks longer than /64 are for those who ask to see to"
        return
    here = attribute(to_text(version, number), facts=_registry())
    there = attribute(to_text(version, cut.sample(place)), facts=_registry())
    assert msgspec.structs.replace(here, address="") == msgspec.structs.replace(there, address="")


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**63 - 2), max_size=60), st.integers(0, 60))
def test_keys_are_numbered_by_their_first_row(wanted: list[int], cut: int) -> None:
    keys = Keys()
    told: list[tuple[int, int]] = []
    got: list[int] = []
    for part in (wanted[:cut], wanted[cut:]):
        asked: list[tuple[int, int]] = []
        got += keys.ids(np.array(part, dtype=np.int64), lambda *new: asked.append(new)).tolist()  # noqa: B023 - at once
        told += [(key, part[at]) for key, at in asked]
    order = list(dict.fromkeys(wanted))
    assert got == [order.index(key) for key in wanted]
    assert told == [(key, key) for key in order]
    assert len(keys) == len(order)


def test_small_and_large_keys_live_together() -> None:
    keys = Keys()
    wanted = np.array([DENSE - 1, DENSE, 0, DENSE + 1, DENSE - 1, 2**62], dtype=np.int64)
    seen: list[int] = []
    first = keys.ids(wanted, lambda key, _: seen.append(key))
    assert first.tolist() == [0, 1, 2, 3, 0, 4]
    assert keys.ids(wanted[:3], lambda key, _: seen.append(key)).tolist() == [0, 1, 2]
    assert len(seen) == 5


@settings(deadline=None)
@given(st.lists(st.sampled_from(["", "a", "b", "c"])), st.integers(0, 10))
def test_coded_texts_come_back(texts: list[str], cut: int) -> None:
    coded = Coded()
    coded.extend(texts[:cut])
    coded.extend(texts[cut:])
    assert [coded.texts[code] for code in coded.codes.tolist()] == texts
    assert len(set(coded.texts)) == len(coded.texts)


def test_cells_added_later_are_seen() -> None:
    said = Said()
    said.add({"x": "1"})
    assert said.joined(("x",), str) == ["[('x', '1')]"]
    said.add({"x": "2"})
    assert said.column("x").texts == ["1", "2"]
    assert len(said.joined(("x",), str)) == 2


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=50), st.lists(st.integers(0, 2**64 - 1), max_size=80))
def test_bisect_finds_the_start_below(starts: list[int], values: list[int]) -> None:
    ordered = sorted({0, *starts})
    found = bisect(np.array(ordered, np.uint64), np.array(values, np.uint64)).tolist()
    for value, at in zip(values, found, strict=True):
        assert ordered[at] <= value
        assert at + 1 == len(ordered) or value < ordered[at + 1]


def test_equal_figures_give_equal_dates() -> None:
    """The dates of a deadline depend on nothing but the figures, whoever's they are."""
    registry, cut = _registry(), _segments()
    by_figure: dict[object, object] = {}
    places = {int(kind): place for place, kind in enumerate(cut.kind.tolist())}
    found = {attribute(to_text(cut.version(p), cut.sample(p)), facts=registry).alternatives: p for p in places.values()}
    for days in (0, 30, 91, 400, 1500):
        connected = datetime(2026, 11, 30, 3, tzinfo=UTC) - timedelta(days=days)
        by_figure.clear()
        for place in found.values():
            who = attribute(to_text(cut.version(place), cut.sample(place)), facts=registry)
            full = deadline_of(who, connected, registry=registry, as_of=AS_OF)
            bare = dates(
                log_holders(who), connected, providers=registry.providers, as_of=AS_OF, calendar=registry.calendar
            )
            shown = [
                (d.status, d.connected_on, d.earliest, d.latest, d.open_ended, d.act_by, d.days_left, d.days_to_expiry)
                for d in (full, bare)
            ]
            assert shown[0] == shown[1]
            key = figures(log_holders(who), providers=registry.providers)
            assert by_figure.setdefault(key, shown[0]) == shown[0]
    assert len(by_figure) > 5


@settings(deadline=None)
@given(st.lists(st.integers(micros(datetime(2006, 1, 1, tzinfo=UTC)), micros(datetime(2027, 1, 1, tzinfo=UTC)))))
def test_epochs_are_those_of_the_candidates(instants_: list[int]) -> None:
    known = survey(_registry().platforms["x"], observed(_registry(), "x", ()))
    near = [at + d for at in known.boundaries[:50] for d in (-1, 0, 1)]
    near += [end + d for zone in known.zones[:50] for end in zone for d in (-1_000_000, -1, 0, 1)]
    utc = [*instants_, *near]
    key = epoch_key(known)
    by_number: dict[int, str] = {}
    by_text: dict[str, int] = {}
    for number, at in zip(_epochs(np.array(utc, np.int64), known.boundaries, known.zones).tolist(), utc, strict=True):
        text = key(moment(at))
        assert by_number.setdefault(number, text) == text
        assert by_text.setdefault(text, number) == number
        assert 0 <= number < 2**60


_STAMPS = st.tuples(st.integers(-62_000_000_000, 250_000_000_000), st.integers(0, 999), st.integers(0, 4))


@settings(deadline=None)
@given(st.lists(_STAMPS, min_size=1), st.sampled_from(["utc", "jst"]))
def test_instants_are_written_as_the_views_write_them(stamps: list[tuple[int, int, int]], zone: str) -> None:
    utc = np.array([second * 1_000_000 + milli * 1000 for second, milli, _ in stamps], np.int64)
    precision = np.array([code for *_, code in stamps], np.uint8)
    wanted = [
        iso(moment(int(at)), ALL_PRECISIONS[code], zone=zone.upper()) for at, code in zip(utc, precision, strict=True)
    ]
    assert instants(utc, precision, ALL_PRECISIONS, zone=zone).to_pylist() == wanted


_HOSTILE = st.text(st.sampled_from("=+-@'＝＠ 　\t\r\n\"0123456789eE.:/a,日"), max_size=20)


@settings(deadline=None)
@given(st.lists(_HOSTILE, min_size=1), st.booleans())
def test_cells_are_guarded_as_in_the_small_csv(texts: list[str], is_id: bool) -> None:  # noqa: FBT001 - drawn
    assert guarded(pa.array(texts), is_id=is_id).to_pylist() == [
        quoted(guard(text, is_id=is_id))[1:-1] for text in texts
    ]


def _parsed(addresses: list[str], utc: list[int]) -> Parsed:
    numbers = [to_number(address) for address in addresses]
    count = len(addresses)
    return Parsed(
        rows=np.arange(count) + 2,
        plain=np.ones(count, bool),
        utc=np.array(utc, np.int64),
        precision=np.zeros(count, np.uint8),
        zone=np.zeros(count, np.uint8),
        zones=(("Z", "written", ()),),
        version=np.array([version for version, _ in numbers], np.uint8),
        high=np.array([n if version == 4 else n >> 64 for version, n in numbers], np.uint64),
        low=np.zeros(count, np.uint64),
        port=np.full(count, 443, np.int32),
        nameless=np.zeros(count, bool),
        address=pa.array(addresses),
        cells={},
        odd={},
    )


def test_verdicts_do_not_depend_on_what_was_asked_before() -> None:
    cut = _segments()
    chance = random.Random(3)  # noqa: S311 - a fixed choice of examples
    places = chance.sample(range(len(cut.kind)), 600)
    addresses = [
        to_text(cut.version(p), cut.sample(p) + (1 if cut.version(p) == 6 else 0))
        for p in places
        if _registry().specials.find(cut.version(p), cut.sample(p) + (1 if cut.version(p) == 6 else 0)) is None
    ]
    utc = [micros(datetime(2026, 1, 1, tzinfo=UTC)) + chance.randrange(300 * 86400) * 1_000_000 for _ in addresses]
    forward, backward = (
        Verdicts(_registry(), platform="x", as_of=AS_OF, lang="ja", wanted=frozenset(COLUMNS)) for _ in range(2)
    )
    there = forward.judge(accept(_parsed(addresses, utc)))
    back = backward.judge(accept(_parsed(addresses[::-1], utc[::-1])))
    for name in ("attribution_status", "alternatives"):
        one, other = forward.carriers.column(name), backward.carriers.column(name)
        assert [one.texts[c] for c in one.codes[there.carrier]] == [
            other.texts[c] for c in other.codes[back.carrier][::-1]
        ]
    for name in ("earliest_expiry", "act_by", "days_left"):
        one, other = forward.deadlines.column(name), backward.deadlines.column(name)
        assert there.deadline is not None
        assert back.deadline is not None
        assert [one.texts[c] for c in one.codes[there.deadline]] == [
            other.texts[c] for c in other.codes[back.deadline][::-1]
        ]
