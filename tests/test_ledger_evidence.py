"""What an office's own ledgers prove and what they do not: screening, weights, and what they are cited as."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ipattr.casework import ledgers
from ipattr.casework.candidates import Asked, between, for_instants
from ipattr.casework.folders import open_ledger
from ipattr.casework.ledgers import encode_lines, read_ledgers
from ipattr.casework.ties import Ties
from ipattr.destinations.screening import screen
from ipattr.errors import UsageError
from ipattr.model import DnsProbe, Observation, Resolution
from ipattr.store import create
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ipattr.model import Destinations, LedgerExtract
    from ipattr.registry import Registry

START = datetime(2026, 11, 1, tzinfo=UTC)
ONE, TWO, THREE = "udp://192.0.2.1:53", "udp://192.0.2.2:53", "udp://192.0.2.3:53"
X, X_CDN, NOT_XS, NOBODYS = "104.244.42.1", "162.159.140.229", "31.13.94.41", "198.41.30.1"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def answer(hour: float, resolver: str, *addresses: str, host: str = "x.com", platform: str = "x") -> Resolution:
    at = START + timedelta(hours=hour)
    return Resolution(
        probe=DnsProbe(platform=platform, host=host, rrtype="AAAA" if ":" in addresses[0] else "A"),
        resolver=resolver,
        vantage="Tokyo, line of the office",
        query="",
        hops=(),
        sent=at,
        received=at,
        tool_version=__version__,
        status="answered",
        addresses=addresses,
        dnssec="unsigned",
    )


class Ledger:
    """A ledger on the disk that is written as captures and imports write it."""

    def __init__(self, folder: Path, *, title: str = "The office's ledger") -> None:
        """Make the folder."""
        self.folder = folder
        create(folder, title=title, clock=self._clock, tool_version=__version__, data_version="d", purpose="ledger")
        self._run = 0

    @staticmethod
    def _clock() -> datetime:
        return START

    def begin(self) -> None:
        """Say what is going to be asked."""
        with open_ledger(self.folder, clock=self._clock) as kept:
            kept.run({"began": {}})
            self._run = kept.entries()[-1].seq

    def keep(self, *answers: Resolution) -> None:
        """Keep a batch of the run that was begun."""
        with open_ledger(self.folder, clock=self._clock) as kept:
            details = {"run": self._run, "answers": len(answers)}
            kept.add_observed(encode_lines(answers), kind="capture", details=details)

    def end(self) -> None:
        """Say that the run has ended."""
        with open_ledger(self.folder, clock=self._clock) as kept:
            kept.run({"ended": {}, "of": self._run})

    def capture(self, *answers: Resolution) -> None:
        """Keep a whole run."""
        self.begin()
        self.keep(*answers)
        self.end()

    def take_in(self, name: str, *addresses: str, platform: str = "x", host: str = "x.com") -> None:
        """Keep a file of others' observations, one address to a line."""
        with open_ledger(self.folder, clock=self._clock) as kept:
            path = kept.add_input(name, "\n".join(addresses).encode())
            seen = [one(address, id=f"imp:{n}", platform=platform, host=host) for n, address in enumerate(addresses, 1)]
            details: dict[str, Any] = {
                "input": path,
                "taking": {"platform": platform, "form": "hosts", "source": "a page"},
                "tool_version": __version__,
            }
            kept.add_observed(encode_lines(seen), kind="import", details=details)

    def read(self, registry: Registry, platform: str = "x") -> LedgerExtract:
        """Return what it says about a platform."""
        return read_ledgers([self.folder], platform, registry=registry)[0]


def one(address: str, **changes: Any) -> Observation:  # noqa: ANN401 - any field of an observation
    made = Observation(
        id="imp:1",
        platform="x",
        host="x.com",
        rrtype="AAAA" if ":" in address else "A",
        address=address,
        first_seen="2026-11-01",
        last_seen="2026-11-02",
        count=None,
        vantage="",
        source="a page",
        confidence="medium",
        cname="",
        status="kept",
        note="",
    )
    return msgspec.structs.replace(made, **changes)


def told(seen: Sequence[Observation]) -> list[tuple[str, str, str]]:
    return [(entry.address, entry.status, entry.confidence) for entry in seen]


@pytest.mark.parametrize(
    ("platform", "address", "owner"),
    [
        ("x", X, "platform"),
        ("x", X_CDN, "shared"),
        ("x", NOT_XS, "unlisted"),
        ("x", "210.130.1.1", "other"),
        ("x", "127.0.0.1", "special"),
        ("facebook", "157.240.31.35", "unscreened"),
        ("google", "142.250.196.110", "unscreened"),
        ("note", "203.0.112.1", "unscreened"),
        ("note", X_CDN, "shared"),
        ("note", "10.0.0.1", "special"),
        ("5ch", "206.223.147.215", "unscreened"),
        ("yahoo", "182.22.128.1", "platform"),
        ("yahoo", "183.79.1.1", "unscreened"),
        ("no-longer-listed", "203.0.112.1", "unscreened"),
        ("no-longer-listed", "127.0.0.1", "special"),
    ],
)
def test_whose_an_address_is(registry: Registry, platform: str, address: str, owner: str) -> None:
    found = Ties(registry)(platform, address)
    assert found.owner == owner
    assert found.reason.ja
    assert found.reason.en


def test_every_kept_shipped_address_is_tied_to_its_platform(registry: Registry) -> None:
    ties = Ties(registry)
    for platform in registry.platforms:
        for entry in registry.observations(platform):
            if entry.status == "kept":
                assert ties(platform, entry.address).owner in {"platform", "shared"}, entry


def test_no_platform_without_listed_prefixes_has_its_own_addresses_rejected(registry: Registry) -> None:
    """Nobody's table of prefixes is whole: what it cannot tell is kept, with low confidence, and says so."""
    screenable = set()
    for platform in registry.platforms:
        (found,) = screen([one("203.0.112.1", platform=platform)], tie=Ties(registry))
        if found.status == "rejected":
            screenable.add(platform)
        else:
            assert (found.confidence, "unscreened" in found.note) == ("low", True)
    assert screenable == {"x"}


def test_what_others_saw_is_screened_where_it_can_be(registry: Registry, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.take_in("hosts.txt", X, X_CDN, NOT_XS, "127.0.0.1")
    ledger.take_in("fb.txt", "157.240.31.35", "240.0.0.1", platform="facebook", host="www.facebook.com")
    assert told(ledger.read(registry).observations) == [
        (X, "kept", "medium"),
        (X_CDN, "kept", "medium"),
        (NOT_XS, "rejected", "medium"),
        ("127.0.0.1", "rejected", "medium"),
    ]
    assert told(ledger.read(registry, "facebook").observations) == [
        ("157.240.31.35", "kept", "low"),
        ("240.0.0.1", "rejected", "medium"),
    ]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(ONE, X)], [(X, "kept", "medium")]),
        ([(ONE, NOT_XS)], [(NOT_XS, "rejected", "none")]),
        ([(ONE, X), (TWO, X)], [(X, "kept", "high")] * 2),
        ([(ONE, X), (ONE.replace("udp", "tcp"), X)], [(X, "kept", "medium")] * 2),
        ([(ONE, X), (TWO, NOT_XS)], [(NOT_XS, "rejected", "none"), (X, "kept", "medium")]),
        ([(ONE, f"{X} {NOT_XS}"), (TWO, X)], [(NOT_XS, "rejected", "none"), *[(X, "kept", "high")] * 2]),
    ],
)
def test_a_captured_answer_is_worth_what_its_run_says(
    registry: Registry, tmp_path: Path, answers: list[tuple[str, str]], expected: list[tuple[str, str, str]]
) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.capture(*(answer(0, by, *text.split()) for by, text in answers))
    extract = ledger.read(registry)
    assert told(extract.observations) == expected
    assert extract.use.rejected == sum(status == "rejected" for _, status, _ in expected)
    for entry in extract.observations:
        assert entry.status == "kept" or "no other server gave it" in entry.note or "Shares no address" in entry.note


def test_a_lone_answer_that_cannot_be_screened_is_kept_as_low(registry: Registry, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    for hour in range(3):
        ledger.capture(answer(hour, ONE, "157.240.31.35", host="www.facebook.com", platform="facebook"))
    (found,) = ledger.read(registry, "facebook").observations
    assert (found.status, found.confidence, found.count) == ("kept", "low", 3)
    assert "未選別" in found.note


def test_a_platform_that_is_no_longer_listed_does_not_stop_the_ledger(registry: Registry, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.capture(answer(0, ONE, "203.0.112.1", platform="gone"), answer(0, ONE, X))
    assert told(ledger.read(registry).observations) == [(X, "kept", "medium")]


def test_what_was_read_while_a_capture_was_under_way_is_judged_again_when_it_has_ended(
    registry: Registry, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.capture(answer(0, ONE, X), answer(0, TWO, X))
    ledger.begin()
    ledger.keep(answer(6, ONE, X), answer(6, ONE, NOBODYS, host="twitter.com"))
    early = ledger.read(registry)
    assert (NOBODYS, "rejected", "none") in told(early.observations)
    assert ledger.read(registry) == early
    ledger.keep(answer(6, TWO, X), answer(6, TWO, NOBODYS, host="twitter.com"))
    ledger.end()
    late = ledger.read(registry)
    assert told(late.observations) == [
        *[(NOBODYS, "kept", "medium")] * 2,
        *[(X, "kept", "high")] * 2,
    ]
    shutil.rmtree(tmp_path / "cache")
    assert ledger.read(registry) == late


def test_a_condensation_of_another_version_is_not_used(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.capture(answer(0, ONE, X))
    found = ledger.read(registry)
    for state in (b"", b"\xc0", msgspec.msgpack.encode([0, 1, [], []])):
        with monkeypatch.context() as patched:
            patched.setattr(ledgers.Condenser, "state", lambda _self, state=state: state)
            ledger.capture(answer(1, ONE, X))
            ledger.read(registry)
        (again,) = ledger.read(registry).observations
        assert again.first_seen == found.observations[0].first_seen


def test_what_two_ledgers_saw_is_cited_apart_and_nothing_counts_twice(registry: Registry, tmp_path: Path) -> None:
    first, second = Ledger(tmp_path / "a", title="Office A"), Ledger(tmp_path / "b", title="Office B")
    for ledger in (first, second):
        ledger.capture(answer(0, ONE, X), answer(0, TWO, X))
        ledger.take_in("one.txt", X_CDN)
        ledger.take_in("two.txt", X_CDN)
    extracts = read_ledgers([first.folder, second.folder], "x", registry=registry)
    ids = [entry.id for extract in extracts for entry in extract.observations]
    assert len(ids) == len(set(ids)) == 8
    own = [entry for extract in extracts for entry in extract.observations if entry.id.startswith("own:")]
    assert {entry.source for entry in own} == {"Office A", "Office B"}
    assert all(f", by ipattr {__version__}" in entry.vantage for entry in own)
    copy = tmp_path / "copy"
    shutil.copytree(first.folder, copy)
    first.capture(answer(1, ONE, X))
    with pytest.raises(UsageError, match="twice"):
        read_ledgers([first.folder, copy], "x", registry=registry)


def show(registry: Registry, ledger: Ledger, at: str, **asked: Any) -> Destinations:  # noqa: ANN401 - as above
    question = Asked(platform="x", ledgers=(ledger.folder,), **asked)
    return for_instants([at], question, tz="UTC", family=4, registry=registry, now=START)


def test_a_document_cites_every_observation_of_both_its_ledgers(registry: Registry, tmp_path: Path) -> None:
    first, second = Ledger(tmp_path / "a", title="A"), Ledger(tmp_path / "b", title="B")
    for ledger in (first, second):
        ledger.capture(*(answer(hour, ONE, X) for hour in (0, 6)))
    asked = Asked(platform="x", ledgers=(first.folder, second.folder), hosts=("x.com",))
    found = for_instants(["2026-11-01T03:00Z"], asked, tz=None, family=4, registry=registry, now=START)
    (candidate,) = [entry for entry in found.sets["c1"].candidates if entry.address == X]
    assert candidate.count == 4
    assert len(candidate.observations) == 2
    assert set(candidate.observations) <= set(found.observations)


def test_what_the_profile_says_of_the_shipped_ledger_is_not_said_of_the_offices_own(
    registry: Registry, tmp_path: Path
) -> None:
    """The shipped ones were made in the US, the office's were not: its filing must not say that they were."""
    ledger = Ledger(tmp_path / "ledger")
    ledger.capture(*(answer(hour, ONE, X_CDN) for hour in (0, 6)))
    own = show(registry, ledger, "2026-11-01T03:00Z", hosts=("x.com",)).sets["c1"]
    assert "IPA606" not in {finding.code for finding in own.findings}
    both = show(registry, ledger, "2026-11-01T03:00Z").sets["c1"]
    (said,) = [finding.message for finding in both.findings if finding.code == "IPA606"]
    assert said.ja.startswith("収録の台帳について：")
    assert said.en.startswith("Of the shipped ledger: ")
    shipped = show(registry, ledger, "2024-06-17T03:00Z").sets["c1"]
    (alone,) = [finding.message for finding in shipped.findings if finding.code == "IPA606"]
    assert alone == registry.platforms["x"].observation_note


def test_a_diff_of_named_hosts_says_which_were_never_observed(registry: Registry) -> None:
    asked = Asked(platform="x", hosts=("Twitter.COM.", "typo.example", "support.twitter.com"))
    found = between("2025-03-10T00:00Z", "2025-03-12T00:00Z", asked, tz=None, registry=registry)
    assert [change.host for change in found.changes] == ["twitter.com", "support.twitter.com"]
    assert [(finding.code, finding.about) for finding in found.findings] == [
        ("IPA608", "typo.example"),
        ("IPA609", "support.twitter.com"),
    ]


def test_a_day_on_which_a_ledger_begins_is_not_told_in_a_hundred_pieces(registry: Registry, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    hosts = ("x.com", "twitter.com", "api.x.com", "t.co", "mobile.twitter.com")
    ledger.capture(
        *(
            answer(n / 3600 + hour, by, X_CDN, "172.66.0.227", host=host)
            for hour in (10, 16, 22)
            for n, (host, by) in enumerate((host, by) for host in hosts for by in (ONE, TWO, THREE))
        )
    )
    found = show(registry, ledger, "2026-11-01")
    assert [f"{row.at:%H:%M:%S}" for row in found.rows if row.at] == ["00:00:00", "10:00:00", "10:00:03", "22:00:14"]
    lies = [
        {entry.relation for entry in found.sets[row.set].candidates if entry.address == X_CDN} for row in found.rows
    ]
    assert lies == [{"between"}, {"around"}, {"around"}, {"before"}]
