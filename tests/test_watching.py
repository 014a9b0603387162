"""Schedules and imports where something goes wrong: clocks that jump, ledgers that go, files that are none."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.casework import watching
from ipattr.casework.batches import Taking
from ipattr.casework.folders import open_casefolder, open_ledger
from ipattr.casework.taking import reread, take_in
from ipattr.casework.watching import Watch, Watching, keep_watch, slots
from ipattr.errors import InputError, StoreError, UsageError
from ipattr.model import CapturePlan, Imported, PlatformHost, Resolution
from ipattr.sources.resolving.spec import parse_resolver
from ipattr.store import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ipattr.model import CaptureOutcome, KeptObserved
    from ipattr.registry import Registry

START = datetime(2026, 11, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)
TAKING = Taking(platform="x", form="hosts", source="s", observed_at="2018-05-01")


class Clock:
    """A clock that goes on by what is slept, and by ``jumps`` (seconds of sleep so far → how far it is set)."""

    def __init__(self, **jumps: timedelta) -> None:
        """Begin at the start."""
        self.now = START
        self.slept = timedelta()
        self.jumps = {int(name.removeprefix("at")): by for name, by in jumps.items()}

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        assert 0 < seconds <= 30
        self.slept += timedelta(seconds=seconds)
        self.now += timedelta(seconds=seconds)
        for at in [at for at in self.jumps if self.slept >= timedelta(seconds=at)]:
            self.now += self.jumps.pop(at)


def rounds(clock: Clock, every: timedelta, *, until: datetime | None = None) -> Iterator[timedelta]:
    """Yield how long was really slept before each round."""
    for _ in slots(every, until, clock=clock, sleep=clock.sleep):
        yield clock.slept


def first(several: Iterator[timedelta], count: int) -> list[float]:
    return [next(several) / HOUR for _ in range(count)]


def test_rounds_come_at_once_and_then_at_each_interval() -> None:
    assert first(rounds(Clock(), 6 * HOUR), 4) == [0, 6, 12, 18]
    assert [*rounds(Clock(), 6 * HOUR, until=START + 12 * HOUR)] == [timedelta(), 6 * HOUR, 12 * HOUR]
    assert [*rounds(Clock(), 6 * HOUR, until=START - HOUR)] == []


def test_a_round_that_takes_longer_leaves_out_the_slots_that_passed() -> None:
    clock = Clock()
    coming = slots(HOUR, None, clock=clock, sleep=clock.sleep)
    next(coming)
    clock.now += 2.5 * HOUR
    assert next(coming) == START + 3 * HOUR


def test_a_clock_that_was_wrong_and_is_set_back_a_year_stops_no_schedule() -> None:
    found = first(rounds(Clock(at3600=-365 * 24 * HOUR), 6 * HOUR), 4)
    assert [later - earlier <= 6 for earlier, later in itertools.pairwise(found)] == [True] * 3


def test_a_clock_that_is_set_forward_brings_one_round_and_not_all_that_it_skipped() -> None:
    found = first(rounds(Clock(at3600=30 * 24 * HOUR), 6 * HOUR), 4)
    assert found == pytest.approx([0, 1, 6, 12], abs=0.02)


def test_a_machine_that_wakes_after_the_end_asks_nothing_more() -> None:
    slept = Clock(at3600=48 * HOUR)
    assert [*rounds(slept, 6 * HOUR, until=START + 24 * HOUR)] == [timedelta()]


@given(st.integers(1, 2000), st.integers(-(10**8), 10**8))
def test_whatever_a_clock_does_the_next_round_is_no_later_than_one_interval(minutes: int, jump: int) -> None:
    every = timedelta(minutes=minutes)
    clock = Clock(at1=timedelta(seconds=jump))
    coming = rounds(clock, every)
    next(coming)
    assert next(coming) <= every + timedelta(seconds=60)


class Rounds:
    """A schedule whose captures are stood in for by ``each``; ``told`` are the outcomes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, each: Callable[[Path, CapturePlan], None]) -> None:
        """Stand in for what sends."""
        self.told: list[CaptureOutcome | StoreError] = []
        self.plans: list[CapturePlan] = []
        self.agreed: list[CapturePlan] = []
        real = watching.capture

        def capture(folder: Path, plan: CapturePlan, **more: Any) -> CaptureOutcome:  # noqa: ANN401 - passed on
            self.plans.append(plan)
            each(folder, plan)
            return real(folder, msgspec.structs.replace(plan, probes=()), **more)

        monkeypatch.setattr(watching, "capture", capture)

    def run(self, folder: Path, watch: Watch, registry: Registry) -> CaptureOutcome:
        """Carry it out."""
        clock = Clock()
        going = Watching(clock=clock, sleep=clock.sleep, agree=self._agree, told=self.told.append)
        return keep_watch(folder, watch, registry=registry, going=going)

    def _agree(self, plan: CapturePlan) -> bool:
        self.agreed.append(plan)
        return True


DAY = Watch(platforms=("x",), every="6h", until="2026-11-21T18:00:00Z")


def test_every_round_asks_whom_it_was_agreed_to_ask(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, registry: Registry
) -> None:
    """A machine that moves to another network has other resolvers, to which nobody has agreed; or none at all."""
    found = [(parse_resolver("192.0.2.1"),), (parse_resolver("198.51.100.1"),), ()]
    monkeypatch.setattr("ipattr.sources.resolving.spec.system_resolvers", lambda: found.pop(0))
    going = Rounds(monkeypatch, lambda _folder, _plan: None)
    going.run(tmp_path / "ledger", DAY, registry)
    (agreed,) = going.agreed
    assert [plan.resolvers for plan in going.plans] == [agreed.resolvers] * 4
    hosts = [{probe.host for probe in plan.probes if probe.kind == "wildcard"} for plan in going.plans]
    assert hosts[0].isdisjoint(hosts[1])
    probes = [[probe for probe in plan.probes if probe.kind == "host"] for plan in going.plans]
    assert probes == [probes[0]] * 4


def test_a_ledger_that_went_with_its_drive_is_not_begun_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, registry: Registry
) -> None:
    ledger, away = tmp_path / "ledger", tmp_path / "away"

    def unplug(folder: Path, _plan: CapturePlan) -> None:
        if len(going.plans) == 2:
            folder.rename(away)
        if len(going.plans) == 4:
            away.rename(folder)

    going = Rounds(monkeypatch, unplug)
    watch = msgspec.structs.replace(DAY, resolvers=("192.0.2.1",))
    going.run(ledger, watch, registry)
    assert [isinstance(one, StoreError) for one in going.told] == [False, True, True, False]
    assert "neither a case folder nor a ledger" in str(going.told[1])
    assert verify(ledger).changes == ()


def test_a_ledger_in_use_costs_a_round_and_no_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, registry: Registry
) -> None:
    monkeypatch.setattr("ipattr.store.locking.PATIENCE", 0.0)
    ledger = tmp_path / "ledger"
    others: list[Any] = []

    def use(folder: Path, _plan: CapturePlan) -> None:
        if len(going.plans) == 2:
            others.append(open_ledger(folder, clock=lambda: START))
        elif others:
            others.pop().close()

    going = Rounds(monkeypatch, use)
    going.run(ledger, msgspec.structs.replace(DAY, resolvers=("192.0.2.1",)), registry)
    assert [isinstance(one, StoreError) for one in going.told] == [False, True, False, False]
    assert verify(ledger).changes == ()


def test_what_is_missing_for_doh_or_unreadable_is_said_before_a_ledger_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, registry: Registry
) -> None:
    going = Rounds(monkeypatch, lambda _folder, _plan: None)
    with pytest.raises(UsageError, match="PEM"):
        going.run(tmp_path / "l", Watch(platforms=("x",), resolvers=("192.0.2.1",), roots=tmp_path / "no"), registry)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(UsageError, match="doh"):
        going.run(tmp_path / "l", Watch(platforms=("x",), resolvers=("https://192.0.2.1/q",)), registry)
    assert (going.agreed, list(tmp_path.iterdir())) == ([], [])


# What others saw


def taken(ledger: Path, file: Path, registry: Registry, taking: Taking = TAKING) -> Imported:
    return take_in(ledger, file, taking, registry=registry, clock=lambda: START)


def written(folder: Path, text: str = "104.244.42.193 twitter.com\n") -> Path:
    file = folder / "hosts.txt"
    file.write_text(text)
    return file


def again(ledger: Path) -> Callable[[KeptObserved, bytes], bytes]:
    def read_again(entry: KeptObserved, data: bytes) -> bytes:
        with open_ledger(ledger, clock=lambda: START, readonly=True) as kept:
            return reread(kept, entry, data)

    return read_again


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "nothing"])
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, registry: Registry, kind: str) -> None:
    file = tmp_path / "file"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind == "device":
        file.symlink_to("/dev/zero")
    with pytest.raises(InputError) as raised:
        taken(tmp_path / "ledger", file, registry)
    assert raised.value.where == str(file)
    assert not (tmp_path / "ledger").exists()


def test_a_file_without_an_observation_says_why_and_makes_no_ledger(tmp_path: Path, registry: Registry) -> None:
    said = taken(tmp_path / "ledger", written(tmp_path, "nonsense\n192.0.2.1 other.example\n"), registry)
    assert (said.rows, len(said.rejects), said.others, said.observations) == (2, 1, 1, ())
    assert not (tmp_path / "ledger").exists()


def test_one_file_may_speak_of_two_platforms_but_of_each_once(tmp_path: Path, registry: Registry) -> None:
    file = written(tmp_path, "104.244.42.193 twitter.com\n31.13.94.41 www.instagram.com\n")
    ledger = tmp_path / "ledger"
    for platform in ("x", "instagram"):
        assert taken(ledger, file, registry, msgspec.structs.replace(TAKING, platform=platform)).taken == 1
    with pytest.raises(StoreError, match="already"):
        taken(ledger, file, registry, msgspec.structs.replace(TAKING, source="another"))
    checked = verify(ledger, reread=again(ledger))
    assert (checked.changes, checked.reread) == ((), 2)


def test_a_profile_that_grows_is_no_sign_of_tampering(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "104.244.42.193 twitter.com\n104.244.42.194 later.twitter.com\n")
    ledger, bigger = tmp_path / "ledger", tmp_path / "bigger"
    taken(ledger, file, registry)
    assert verify(ledger, reread=again(ledger)).changes == ()
    platform = registry.platforms["x"]
    host = PlatformHost(name="later.twitter.com", role="unknown", candidate=True)
    grown = msgspec.structs.replace(platform, hosts=(*platform.hosts, host))
    monkeypatch.setattr(registry, "platforms", {**registry.platforms, "x": grown})
    assert taken(bigger, file, registry).taken == 2  # the file does speak of the new host
    assert verify(ledger, reread=again(ledger)).changes == ()


@pytest.mark.parametrize("version", ["another", "ours"])
def test_what_another_version_read_otherwise_is_a_notice_and_what_this_one_read_is_not(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    if version == "another":
        monkeypatch.setattr("ipattr.casework.taking.__version__", "99.0")
    ledger = tmp_path / "ledger"
    taken(ledger, written(tmp_path), registry)
    monkeypatch.undo()
    monkeypatch.setattr("ipattr.casework.taking.encode_lines", lambda _records: b'{"otherwise":1}\n')
    checked = verify(ledger, reread=again(ledger))
    assert [(one.code, one.level) for one in checked.changes] == (
        [("IPA864", "notice")] if version == "another" else [("IPA863", "error")]
    )


def _line(**fields: object) -> bytes:
    base = {
        "probe": {"platform": "x", "host": "x.com", "rrtype": "A"}, "resolver": "udp://192.0.2.1:53", "query": "",
        "hops": [], "sent": "2026-11-21T00:00:00Z", "received": "2026-11-21T00:00:00Z", "tool_version": "0",
        "status": "timed-out",
    }  # fmt: skip
    return msgspec.json.encode(msgspec.convert(base | fields, Resolution)) + b"\n"


def test_a_batch_of_several_versions_is_held_to_what_this_version_read(tmp_path: Path, registry: Registry) -> None:
    """Somebody who changes a line cannot hide it behind one that another version is said to have read."""
    from ipattr.version import __version__

    def read_again(*lines: bytes) -> bytes:
        return reread(kept, entry, b"".join(lines))

    ledger = tmp_path / "ledger"
    taken(ledger, written(tmp_path), registry)
    with open_ledger(ledger, clock=lambda: START, readonly=True) as kept:
        entry = msgspec.structs.replace(kept.observed()[0], kind="capture", details={"run": 2})
        own, forged = _line(tool_version=__version__), _line(tool_version=__version__, addresses=["192.0.2.1"])
        older = json.dumps(json.loads(_line()) | {"a field of theirs": 1}).encode() + b"\n"
        assert read_again(own, _line()) == own + _line()
        assert read_again(own, forged) != own + forged
        assert read_again(older, forged) != older + forged
        with pytest.raises(UsageError, match="read by ipattr 0,"):
            read_again(own, older)
        assert read_again(own, b"nonsense\n") == own + b"\n"


def test_the_wrong_folder_is_told_what_makes_the_right_one(tmp_path: Path) -> None:
    for open_one in (open_ledger, open_casefolder):
        with pytest.raises(StoreError) as raised:
            open_one(tmp_path, clock=lambda: START)
        for words in ("ipattr case init", "ipattr destinations capture"):
            assert words in raised.value.en
            assert words in raised.value.ja


def test_a_ledger_moved_while_its_files_are_read_is_one_sentence(tmp_path: Path, registry: Registry) -> None:
    ledger = tmp_path / "ledger"
    taken(ledger, written(tmp_path), registry)
    shutil.rmtree(ledger / "observed")
    with open_ledger(ledger, clock=lambda: START, readonly=True) as kept:
        with pytest.raises(Exception, match="cannot be read") as raised:
            kept.read(kept.observed()[0].file)
        assert raised.value.where == kept.observed()[0].file.path  # type: ignore[attr-defined]
