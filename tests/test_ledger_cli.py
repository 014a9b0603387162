"""The destination commands as people run them: against real resolvers on loopback, and offline from what was kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from dns_zoo import Zoo, zoo

from ipattr.casework.folders import open_ledger
from ipattr.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["zoo"]

X = {
    "twitter.com": ["162.159.140.229", "172.66.0.227"],
    "www.twitter.com": ["162.159.140.229", "172.66.0.227"],
    "x.com": ["162.159.140.229"],
}
POISONED = {name: ["31.13.94.41"] for name in X}
HOSTS = [option for name in X for option in ("--host", name)]
EXAMPLE = Path(__file__).resolve().parent.parent / "data" / "examples" / "x-log-utc.csv"


class Done(NamedTuple):
    """How one command ended, and what it said."""

    code: int
    out: str
    said: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - a document
        """Return the document printed."""
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Return how a command line is run in this process, with caches and settings of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("COLUMNS", raising=False)  # some runners set it; lines would be cut elsewhere

    def call(*words: object) -> Done:
        code = main([*map(str, words), "--lang", "en"])
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return call


def capture(run: Callable[..., Done], ledger: Path, *resolvers: str, more: tuple[object, ...] = ()) -> Done:
    named = [option for resolver in resolvers for option in ("--resolver", resolver)]
    return run(
        "destinations", "capture", "x", "--ledger", ledger, *named, *HOSTS, "--rounds", "1", "--type", "A",
        "--vantage", "Tokyo, line of the office", "--format", "json", *more,
    )  # fmt: skip


def now_in(run: Callable[..., Done], ledger: Path, host: str) -> dict[str, Any]:
    found = run("destinations", "x", "--ledger", ledger, "--host", host, "--format", "json")
    assert found.code == 0, found.said
    return found.json


def test_what_two_resolvers_answered_stands_in_the_ledger_and_becomes_candidates(
    zoo: Zoo, run: Callable[..., Done], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    done = capture(run, ledger, zoo.saying("first", X).udp, zoo.saying("other", X).tcp)
    assert done.code == 0, done.said
    outcome = done.json
    assert outcome["planned"] + outcome["further"] == sum(outcome["statuses"].values()) + outcome["unasked"]
    assert outcome["statuses"]["answered"] == 2 * len(X)
    assert f"ipattr verify {ledger} (check)" in done.said.splitlines()[-1]
    document = now_in(run, ledger, "twitter.com")
    own = [entry for entry in document["ledgers"] if entry["kind"] == "own"]
    assert own[0]["head"] == outcome["head"]
    assert own[0]["rejected"] == 0
    seen = {name: entry for name, entry in document["observations"].items() if name.startswith("own:")}
    assert {entry["address"] for entry in seen.values()} == set(X["twitter.com"])
    assert all("Tokyo, line of the office" in entry["vantage"] for entry in seen.values())
    checked = run("verify", ledger, "--format", "json")
    assert checked.code == 0, checked.out
    assert checked.json["observed"] == checked.json["reread"] > 0


def test_a_poisoned_resolver_is_set_aside_with_the_reason(zoo: Zoo, run: Callable[..., Done], tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    done = capture(
        run, ledger, zoo.saying("first", X).udp, zoo.saying("other", X).udp, zoo.saying("poisoned", POISONED).udp
    )
    assert done.code == 1
    lying = [one for one in done.json["judged"] if one["judgement"] == "lying"]
    assert {one["host"] for one in lying} == set(X)
    document = now_in(run, ledger, "twitter.com")
    listed = {one["address"] for found in document["sets"].values() for one in found["candidates"]}
    assert "31.13.94.41" not in listed
    assert set(X["twitter.com"]) <= listed
    assert next(entry for entry in document["ledgers"] if entry["kind"] == "own")["rejected"] == len(X)


def test_a_second_capture_goes_on_in_the_same_ledger(zoo: Zoo, run: Callable[..., Done], tmp_path: Path) -> None:
    ledger, place = tmp_path / "ledger", zoo.saying("first", X)
    heads = [capture(run, ledger, place.udp).json["head"] for _ in range(3)]
    assert len(set(heads)) == 3
    document = now_in(run, ledger, "x.com")
    own = [entry for name, entry in document["observations"].items() if name.startswith("own:")]
    assert [entry["count"] for entry in own] == [3]
    told = run("case", "log", ledger, "--format", "table").out
    assert told.count("capture begins: x; 5 names, 1 resolvers, 5 queries") == 3
    assert "capture 2 ends: answered 3" in told
    assert run("verify", ledger, "--head", heads[0]).code == 0


def test_the_cache_changes_nothing(zoo: Zoo, run: Callable[..., Done], tmp_path: Path) -> None:
    ledger, place = tmp_path / "ledger", zoo.saying("first", X)
    capture(run, ledger, place.udp)
    now_in(run, ledger, "twitter.com")  # leaves a condensation behind
    capture(run, ledger, place.udp)
    with_cache = now_in(run, ledger, "twitter.com")["observations"]
    for file in (tmp_path / "cache").rglob("*.bin"):
        file.unlink()
    assert now_in(run, ledger, "twitter.com")["observations"] == with_cache


def test_an_instant_in_the_past_is_not_answered_from_what_was_seen_later(
    zoo: Zoo, run: Callable[..., Done], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    capture(run, ledger, zoo.saying("first", X).udp)
    at = ("destinations", "x", "--at", "2024-06-17T00:00Z", "--host", "twitter.com", "--format", "json")
    assert run(*at, "--ledger", ledger).json["sets"]["c1"]["candidates"] == run(*at).json["sets"]["c1"]["candidates"]


def test_a_dry_run_makes_no_ledger_and_opens_no_socket(run: Callable[..., Done], tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    done = run(
        "destinations", "capture", "x", "--ledger", ledger, "--resolver", "192.0.2.53", "--dry-run", "--format", "json"
    )
    assert done.code == 0, done.said
    assert {probe["host"] for probe in done.json["probes"]} >= {"x.com", "twitter.com", "api.x.com"}
    assert not ledger.exists()


def test_a_resolver_that_never_answers_ends_with_5_and_is_kept(
    zoo: Zoo, run: Callable[..., Done], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    done = capture(run, ledger, zoo.silent.udp, more=("--timeout", "0.4"))
    assert done.code == 5
    assert set(done.json["statuses"]) == {"timed-out"}
    assert set(done.json["resolvers"]) == {zoo.silent.udp}
    assert run("verify", ledger).code == 0


def test_changed_bytes_of_an_answer_are_named(zoo: Zoo, run: Callable[..., Done], tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    capture(run, ledger, zoo.saying("first", X).udp)
    file = next((ledger / "observed").iterdir())
    file.write_bytes(file.read_bytes().replace(b"162.159.140.229", b"162.159.140.228", 1))
    done = run("verify", ledger, "--format", "json")
    assert done.code == 8
    assert {change["where"] for change in done.json["changes"]} >= {f"observed/{file.name}"}


def test_a_case_folder_is_no_ledger_and_a_ledger_no_case(zoo: Zoo, run: Callable[..., Done], tmp_path: Path) -> None:
    case, ledger = tmp_path / "case", tmp_path / "ledger"
    assert run("case", "init", case).code == 0
    refused = capture(run, case, zoo.saying("first", X).udp)
    assert refused.code == 7
    assert "no ledger" in refused.said
    capture(run, ledger, zoo.saying("first", X).udp)
    refused = run("lookup", EXAMPLE, "--case", ledger)
    assert refused.code == 7
    assert "ledger" in refused.said


def test_what_others_saw_is_screened_kept_and_used(run: Callable[..., Done], tmp_path: Path) -> None:
    ledger, file = tmp_path / "ledger", tmp_path / "hosts.txt"
    file.write_text("104.244.42.193 twitter.com\n31.13.94.41 twitter.com\n127.0.0.1 twitter.com\nnonsense\n")
    done = run(
        "destinations", "import", "x", file, "--ledger", ledger, "--form", "hosts", "--source", "a public page",
        "--observed-at", "2018-05-01", "--format", "json",
    )  # fmt: skip
    assert done.code == 1
    (said,) = done.json
    assert said["rows"] == said["taken"] + len(said["rejects"]) + said["others"]
    by_address = {entry["address"]: entry["status"] for entry in said["observations"]}
    assert by_address == {"104.244.42.193": "kept", "31.13.94.41": "rejected", "127.0.0.1": "rejected"}
    at = ("destinations", "x", "--at", "2018-05-01T12:00Z", "--host", "twitter.com", "--format", "json")
    found = run(*at, "--ledger", ledger).json
    around = {one["address"] for one in found["sets"]["c1"]["candidates"] if one["relation"] == "around"}
    assert "104.244.42.193" in around
    assert "a public page" in {entry["source"] for entry in found["observations"].values()}
    assert run("verify", ledger, "--format", "json").json["reread"] == 1
    again = run(
        "destinations", "import", "x", file, "--ledger", ledger, "--form", "hosts", "--source", "s",
        "--observed-at", "2018-05-01",
    )  # fmt: skip
    assert again.code == 7


def test_a_case_keeps_what_the_ledger_said_and_can_be_worked_out_again(
    zoo: Zoo, run: Callable[..., Done], tmp_path: Path
) -> None:
    case, ledger = tmp_path / "case", tmp_path / "ledger"
    place = zoo.saying("first", X)
    capture(run, ledger, place.udp)
    run("case", "init", case)
    looked = run("lookup", EXAMPLE, "--case", case, "--ledger", ledger, "--as-of", "2026-11-21", "--format", "json")
    assert looked.code in {0, 1}, looked.said
    assert [use["kind"] for use in looked.json["ledgers"]] == ["own"]
    capture(run, ledger, place.udp)  # the ledger goes on growing; the result stays what it was
    checked = run("verify", case, "--format", "json")
    assert checked.code == 0, checked.out
    assert checked.json["recomputed"] == checked.json["results"] == 1


def test_a_log_gets_its_candidates_in_the_words_of_its_provider(run: Callable[..., Done]) -> None:
    found = run("destinations", "x", "--log", EXAMPLE, "--format", "json").json
    looked = run("lookup", EXAMPLE, "--as-of", "2026-11-21", "--format", "json").json
    assert found["counts"] == looked["counts"]
    assert [row["set"] for row in found["rows"]] == [row["candidates"] for row in looked["rows"]]
    assert found["sets"] == looked["candidate_sets"]
    terms = {row["term"] for row in found["rows"] if "docomo" in row["providers"] and len(row["providers"]) == 1}
    assert terms <= {"受信元IPアドレス"}


def test_a_date_alone_needs_a_zone_and_is_split_where_sets_change(run: Callable[..., Done]) -> None:
    refused = run("destinations", "x", "--at", "2025-03-11")
    assert refused.code == 2
    assert "--tz" in refused.said
    found = run("destinations", "x", "--at", "2025-03-11", "--tz", "UTC", "--host", "twitter.com", "--format", "json")
    assert len(found.json["rows"]) > 1
    assert found.json["rows"][0]["at"] == "2025-03-11T00:00:00Z"


def test_every_narrowing_can_be_turned_off(run: Callable[..., Done]) -> None:
    at = ("destinations", "x", "--at", "2025-03-11T12:00Z", "--format", "json")
    narrowed = run(*at).json["sets"]["c1"]
    assert [step["step"] for step in narrowed["steps"]] == ["hosts", "family", "client", "time"]
    for step in ("hosts", "family", "client", "time"):
        found = run(*at, "--without", step).json["sets"]["c1"]
        assert [entry["applied"] for entry in found["steps"] if entry["step"] == step] == [False]
        assert {one["address"] for one in narrowed["candidates"]} <= {one["address"] for one in found["candidates"]}
    everything = run(*at, "--without", "hosts", "--without", "time").json["sets"]["c1"]
    assert len(everything["candidates"]) > len(narrowed["candidates"])


def test_the_change_of_march_2025_is_said(run: Callable[..., Done]) -> None:
    found = run("destinations", "diff", "x", "2025-03-10T00:00Z", "2025-03-12T00:00Z", "--format", "json").json
    (change,) = [entry for entry in found["changes"] if (entry["host"], entry["rrtype"]) == ("twitter.com", "A")]
    assert change["status"] == "changed"
    assert change["gone"] == ["104.244.42.1", "104.244.42.65", "104.244.42.129", "104.244.42.193"]
    assert change["new"] == ["162.159.140.229", "172.66.0.227"]
    assert run("destinations", "diff", "x", "2025-03-12", "2025-03-10", "--tz", "UTC").code == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("destinations", "nowhere", "--at", "2025-03-11T12:00Z"), 2, "not listed"),
        (("destinations", "x", "--at", "yesterday"), 2, "yesterday"),
        (("destinations", "x", "--at", "2025-03-11T12:00"), 2, "zone"),
        (("destinations", "x", "--log", "missing.csv"), 2, "missing.csv"),
        (("destinations", "x", "--log", str(EXAMPLE), "--at", "2025-03-11T12:00Z"), 2, "--at"),
        (("destinations", "x", "--for", "nobody", "--at", "2025-03-11T12:00Z"), 2, "nobody"),
        (("destinations", "x", "--ledger", "missing", "--at", "2025-03-11T12:00Z"), 7, "missing"),
        (("destinations", "x", "--full-width", "--at", "2025-03-11T12:00Z"), 2, "clause"),
        (("destinations", "capture", "x", "--ledger", "l", "--resolver", "ftp://a"), 2, "ftp"),
        (("destinations", "capture", "x", "--ledger", "l", "--resolver", "udp://dns.example"), 2, "dns.example"),
        (("destinations", "capture", "x", "--ledger", "l", "--every", "5s"), 2, "--every"),
        (("destinations", "capture", "x", "--ledger", "l", "--until", "2027-01-01"), 2, "--every"),
        (("destinations", "capture", "x", "--ledger", "l", "--every", "6h", "--until", "2027-01-01"), 2, "--tz"),
        (("destinations", "capture", "nowhere", "--ledger", "l"), 2, "not listed"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(  # noqa: PLR0917 - fixtures and one row of the table
    run: Callable[..., Done],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert (done.code, done.out) == (code, "")
    assert said in done.said
    assert len(done.said.strip().splitlines()) == 1
    assert not (tmp_path / "l").exists()


@contextmanager
def _process(ledger: Path, *words: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a capture as a process of its own, and end it whatever becomes of the test."""
    command = [sys.executable, "-m", "ipattr", "destinations", "capture", "x", "--ledger", str(ledger), *HOSTS, *words]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": str(home)}
    going = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        yield going
    finally:
        going.kill()
        going.communicate(timeout=30)


def _wait(for_what: Callable[[], object], *, going: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and going.poll() is None and not for_what():
        time.sleep(0.05)


def test_a_schedule_goes_on_until_it_is_told_to_end(zoo: Zoo, run: Callable[..., Done], tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    with _process(ledger, "--resolver", zoo.saying("first", X).udp, "--every", "1m", home=tmp_path) as going:
        _wait(lambda: list(ledger.glob("observed/*.jsonl")), going=going)
        # Between two rounds the ledger is free: it can be read, verified, and written by another command.
        _wait(lambda: capture(run, ledger, zoo.saying("first", X).udp).code == 0, going=going)
        assert going.poll() is None
        assert run("verify", ledger).code == 0
        going.send_signal(signal.SIGTERM)
        out, said = going.communicate(timeout=30)
    assert (going.returncode, out) == (143, ""), said
    assert "\n\nplanned" in said
    assert said.endswith("What was answered is kept in the ledger.\nInterrupted.\n")
    assert run("verify", ledger).code == 0


def test_a_schedule_is_silent_between_its_rounds(
    zoo: Zoo, run: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The progress line belongs to a round: the log of a year of captures holds no ticks of waiting."""
    napped: list[float] = []

    def nap(seconds: float) -> None:
        napped.append(seconds)
        rest(1)
        if len(napped) > 2:
            raise KeyboardInterrupt

    rest = time.sleep
    monkeypatch.setattr("time.sleep", nap)
    monkeypatch.setattr("ipattr.console._PATIENCE", 1.5)
    done = run(
        "destinations", "capture", "x", "--ledger", tmp_path / "ledger", "--resolver", zoo.saying("first", X).udp,
        *HOSTS, "--every", "6h",
    )  # fmt: skip
    assert done.code == 130
    assert napped[:3] == [30, 30, 30]
    waiting = done.said.rsplit("ledger head", 1)[1]
    assert "asking" not in waiting


def test_a_capture_that_is_killed_loses_no_answer_it_has_acknowledged(
    zoo: Zoo, run: Callable[..., Done], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    slow = zoo.delayed(zoo.saying("first", X), 0.05)
    with _process(ledger, "--resolver", slow.udp, "--rounds", "20", "--rate", "20", home=tmp_path) as killed:
        _wait(lambda: len(list(ledger.glob("observed/*.jsonl"))) >= 3, going=killed)
    assert killed.returncode == -signal.SIGKILL
    kept = sum(file.read_bytes().count(b"\n") for file in ledger.glob("observed/[0-9]*.jsonl"))
    assert kept
    assert capture(run, ledger, zoo.saying("first", X).udp).code == 0
    checked = run("verify", ledger, "--format", "json")
    assert checked.code in {0, 1}, checked.out
    assert checked.json["intact"]
    document = now_in(run, ledger, "x.com")
    own = [entry for name, entry in document["observations"].items() if name.startswith("own:")]
    assert sum(entry["count"] for entry in own) > 1


def test_what_is_taken_in_after_a_killed_capture_counts_at_once(
    zoo: Zoo, run: Callable[..., Done], tmp_path: Path
) -> None:
    ledger, file = tmp_path / "ledger", tmp_path / "hosts.txt"
    capture(run, ledger, zoo.saying("first", X).udp)
    with open_ledger(ledger, clock=lambda: datetime.now(UTC)) as kept:  # a capture that never ended
        answers = kept.read(kept.observed()[-1].file)
        kept.run({"began": {}})
        kept.add_observed(answers, kind="capture", details={"run": len(kept.entries()), "answers": 1})
    file.write_text("104.244.42.193 twitter.com\n")
    run(
        "destinations", "import", "x", file, "--ledger", ledger, "--form", "hosts", "--source", "s",
        "--observed-at", "2018-05-01",
    )  # fmt: skip
    for _ in range(2):  # read anew, and from the cache
        sources = {entry["source"] for entry in now_in(run, ledger, "twitter.com")["observations"].values()}
        assert {"s", "ledger"} <= sources
