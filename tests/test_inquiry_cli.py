"""Asking the registries from the command line: nothing leaves unagreed, and what leaves is what was printed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from loopback_data import data_on_loopback
from registry_world import APNIC, AS_OF, MAPPED, PUBLIC, SPECIAL, Sent, addresses_in, journalled, planned, write_log
from servers import Canned, RdapServer, network_object

import ipattr
from ipattr.casework.inquiry import Going
from ipattr.errors import RefusedError
from ipattr.sources.requests import reverse_name

if TYPE_CHECKING:
    from registry_world import Done, World

    from ipattr.model import Consent, Plan

ONE = {"126.33.123.45": "2026-08-02T01:00:00Z"}


def make_case(world: World, folder: Path) -> str:
    """Make an empty case folder."""
    assert world.call("case", "init", str(folder)).code == 0
    return str(folder)


def online(world: World, log: Path, case: str, *more: str, lang: str = "en") -> Done:
    """Look a log up, asking the registries."""
    options = ("--online", "--data", str(world.data), "--as-of", AS_OF, "--format", "json")
    return world.call("lookup", str(log), "--case", case, *options, *more, lang=lang)


def state(folder: Path) -> dict[str, str]:
    """Return every file of a folder with its hash."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


# Agreement


def test_asking_without_a_case_folder_is_a_usage_error(world: World, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv")
    run = world.call("lookup", str(log), "--online", "--yes", "--data", str(world.data))
    assert (run.code, run.out, world.seen) == (2, b"", [])
    assert "--case DIR" in run.said


@pytest.mark.parametrize("option", [("--yes",), ("--dry-run",)])
def test_options_about_asking_need_asking(world: World, tmp_path: Path, option: tuple[str, ...]) -> None:
    run = world.call("lookup", str(write_log(tmp_path / "log.csv")), *option)
    assert run.code == 2
    assert "--online" in run.said


@pytest.mark.parametrize("option", [("--refresh",), ("--max-age", "1"), ("--source", "jpnic"), ("--probe", "address")])
def test_an_option_that_only_asking_obeys_is_not_silently_ignored(
    world: World, tmp_path: Path, option: tuple[str, ...]
) -> None:
    run = world.call("lookup", str(write_log(tmp_path / "log.csv")), *option)
    assert (run.code, run.out) == (2, b"")
    assert option[0] in run.said
    assert "--online" in run.said


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_agreement_nothing_leaves_and_no_answer_is_kept(world: World, tmp_path: Path, lang: str) -> None:
    case = make_case(world, tmp_path / "case")
    run = online(world, write_log(tmp_path / "log.csv", ONE), case, lang=lang)
    assert (run.code, run.out, world.seen) == (6, b"", [])
    assert ("同意がないので何も送らなかった" if lang == "ja" else "want of agreement") in run.said
    assert "https://127.0.0.1:" in run.said  # the plan was shown first
    kinds = {entry["kind"] for entry in world.call("case", "log", case, "--format", "json").document}
    assert kinds == {"case", "input"}
    assert not list((tmp_path / "case" / "evidence").iterdir())


def test_yes_is_agreement(world: World, tmp_path: Path) -> None:
    case = make_case(world, tmp_path / "case")
    run = online(world, write_log(tmp_path / "log.csv", ONE), case, "--yes")
    assert run.code == 0, run.said
    assert [sent.words.rpartition("/")[2] for sent in world.seen] == ["126.33.123.45"]
    row = run.document["rows"][0]
    assert run.document["registrations"][row["registration"]]["status"] == "registered"


def test_a_dry_run_prints_the_plan_alone_and_changes_nothing(world: World, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", ONE)
    case = make_case(world, tmp_path / "case")
    before = state(tmp_path / "case")
    with_case = online(world, log, case, "--dry-run")
    alone = world.call("lookup", str(log), "--online", "--dry-run", "--data", str(world.data), "--format", "json")
    assert with_case.code == alone.code == 0
    assert with_case.out == alone.out
    assert alone.document["queries"][0]["request"]["question"]["subject"] == "126.33.123.45"
    table = world.call("lookup", str(log), "--online", "--dry-run", "--data", str(world.data), "--format", "table")
    assert alone.document["queries"][0]["request"]["endpoint"].encode() in table.out
    assert world.seen == []
    assert state(tmp_path / "case") == before


@pytest.mark.parametrize(
    ("granted", "leaves"),
    [
        ({"source": ["rdap"]}, True),
        ({"source": ["rdap", "jpnic"], "mode": "exact"}, True),
        ({"source": ["jpnic"]}, False),
        ({"source": ["rdap"], "mode": "coalesced"}, False),
        ({"source": ["rdap"], "expires": date(2026, 11, 21)}, False),
        ({"source": ["rdap"], "expires": date(2026, 11, 22)}, True),
    ],
)
def test_a_recorded_consent_covers_its_sources_mode_and_days_in_japan(
    world: World, tmp_path: Path, granted: dict[str, object], *, leaves: bool
) -> None:
    consents: list[Consent | None] = []

    def agree(_plan: Plan, consent: Consent | None) -> bool:
        consents.append(consent)
        return consent is not None

    # 00:30 on 22 November in Japan, still the 21st in UTC.
    going = Going(clock=lambda: datetime(2026, 11, 21, 15, 30, tzinfo=UTC), tool_version="0", agree=agree)
    case = tmp_path / "case"
    ipattr.case_init(case, going=going, data=world.data)
    terms = {"purpose": "保全", "by": "弁護士甲", "expires": date(2027, 3, 31)} | granted
    ipattr.case_consent(case, going=going, **terms)  # type: ignore[arg-type]  # its own options
    log = write_log(tmp_path / "log.csv", ONE)
    with world.surroundings(), nullcontext() if leaves else pytest.raises(RefusedError):
        ipattr.lookup([log], as_of=date(2026, 11, 21), data=world.data, case=case, online=True, going=going)
    assert bool(world.seen) is leaves
    assert [consent is not None for consent in consents] == [leaves]


def test_a_consent_is_named_before_its_queries_leave(world: World, tmp_path: Path) -> None:
    case = make_case(world, tmp_path / "case")
    terms = ("--purpose", "preservation", "--source", "rdap", "--expires", "2099-01-01", "--by", "Counsel A")
    assert world.call("case", "consent", case, *terms).code == 0
    run = online(world, write_log(tmp_path / "log.csv", ONE), case)
    assert run.code == 0, run.said
    assert "purpose: preservation; Counsel A; until 2099-01-01" in run.said
    assert len(world.seen) == 1


@pytest.mark.parametrize(
    ("typed", "leaves"), [("y\n", True), ("はい\n", True), ("n\n", False), ("\n", False), ("yep\n", False)]
)
def test_a_person_at_a_terminal_is_asked(world: World, tmp_path: Path, typed: str, *, leaves: bool) -> None:
    pty = pytest.importorskip("pty")
    case = make_case(world, tmp_path / "case")
    log = write_log(tmp_path / "log.csv", ONE)
    ours, theirs = pty.openpty()
    words = ["lookup", str(log), "--case", case, "--online", "--data", str(world.data), "--as-of", AS_OF]
    with subprocess.Popen(
        [sys.executable, "-m", "ipattr", *words, "--format", "json"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=world.environment(TERM="xterm"),
    ) as process:
        os.close(theirs)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(ours, 65536)
        assert world.seen == []
        assert b"https://127.0.0.1:" in said  # the plan stands above the question
        os.write(ours, typed.encode())
        out = process.stdout.read() if process.stdout else b""
        assert process.wait(30) == (0 if leaves else 6)
    os.close(ours)
    assert bool(world.seen) is leaves
    assert bool(out) is leaves


def at_a_terminal(words: list[str], world: World, typed: list[bytes], *, columns: int) -> tuple[int, list[str]]:
    """Run a command at a terminal of that width, type one answer per question; return the code and each screen."""
    pty = pytest.importorskip("pty")
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    screens = []
    with subprocess.Popen(
        [sys.executable, "-m", "ipattr", *words],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=world.environment(TERM="xterm", LC_ALL="ja_JP.UTF-8"),
    ) as process:
        os.close(theirs)
        for answer in typed:
            said = b""
            while b"[y/N]: " not in said:
                said += os.read(ours, 65536)
            screens.append(said.decode().replace("\r", ""))
            os.write(ours, answer)
        code = process.wait(30)
    os.close(ours)
    return code, screens


@pytest.mark.parametrize("columns", [80, 120])
def test_a_long_plan_at_a_terminal_fits_the_screen_and_p_shows_all_of_it(
    world: World, tmp_path: Path, columns: int
) -> None:
    rows = {f"126.33.{number}.45": "2026-08-02T01:00:00Z" for number in range(60)}
    log = write_log(tmp_path / "log.csv", rows)
    words = ["lookup", str(log), "--case", make_case(world, tmp_path / "case"), "--online", "--data", str(world.data)]
    code, (first, second) = at_a_terminal(words, world, [b"p\n", b"n\n"], columns=columns)
    assert (code, world.seen) == (6, [])
    assert len(first.splitlines()) <= 40
    assert "… ほか 57 件" in first
    assert "--dry-run" in first
    assert "最大 180 件" in first.splitlines()[-1]
    assert [address for address in rows if f"/ip/{address}\n" not in second] == []
    assert max(len(line) for line in first.splitlines()) <= columns
    # What a pipe gets is the whole of it.
    assert online(world, log, words[3]).said.count("/ip/126.33.") == 180


# The plan is what leaves

EVERYTHING = {**PUBLIC, **dict.fromkeys((*SPECIAL, *MAPPED), "2026-09-01T00:00:00Z")}
MODES = [("exact",), ("coalesced",), ("coalesced", "--probe", "address")]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode[-1])
@pytest.mark.parametrize("source", ["rdap", "jpnic", "whois", "origin", "ptr", "all"])
def test_what_leaves_is_what_was_planned_and_what_was_journalled(
    world: World, tmp_path: Path, source: str, mode: tuple[str, ...]
) -> None:
    case = make_case(world, tmp_path / "case")
    log = write_log(tmp_path / "log.csv", EVERYTHING)
    names = ["rdap", "jpnic", "whois", "origin", "ptr"] if source == "all" else [source]
    options = ("--mode", *mode, *(word for name in names for word in ("--source", name)))
    plan = online(world, log, case, *options, "--dry-run")
    always, perhaps = planned(plan.document)
    assert world.seen == []
    run = online(world, log, case, *options, "--yes")
    assert run.code == 1, run.said  # special-purpose rows are in review
    seen = Counter(world.seen)
    assert seen
    assert always <= set(seen)
    assert set(seen) <= always | perhaps
    assert max(seen.values()) == 1
    egress = world.call("case", "log", case, "--egress", "--format", "json")
    assert journalled(egress.document) == seen
    account = re.search(r"planned (\d+) = (\d+) answered \+ (\d+) not needed \+ 0 unanswered; (\d+) sent", run.said)
    assert account is not None, run.said
    plan_size, answered, needless, sent = map(int, account.groups())
    assert plan_size == answered + needless == len(always | perhaps)
    assert sent == answered == seen.total()
    words = "\n".join(re.sub(r"^https://127[^/]*/", "", one.words) for one in seen).encode()
    assert not {reverse_name(address) for address in SPECIAL} & {one.words for one in seen}
    assert addresses_in(words, [*SPECIAL, *MAPPED]) == set()
    if mode == ("coalesced",) and source == "rdap":
        assert addresses_in(words.replace(b"/48", b"").replace(b"/24", b""), [*PUBLIC, *MAPPED.values()]) == set()
    # Each source was really asked: an embedded address is asked about as what it embeds.
    if mode == ("exact",) and source in {"rdap", "whois", "origin"}:
        assert addresses_in(words, [*PUBLIC, *MAPPED.values()]) == {*PUBLIC, *MAPPED.values()}
    # Asked again, nothing leaves, and the kept answers say the same.
    world.forget()
    again = online(world, log, case, *options)
    assert (again.code, world.seen) == (1, []), again.said
    first, second = run.document, again.document
    assert second["registrations"] == first["registrations"]


def test_special_addresses_alone_let_nothing_leave(world: World, tmp_path: Path) -> None:
    case = make_case(world, tmp_path / "case")
    log = write_log(tmp_path / "log.csv", dict.fromkeys(SPECIAL, "2026-09-01T00:00:00Z"))
    sources = [word for name in ("rdap", "jpnic", "whois", "origin", "ptr") for word in ("--source", name)]
    run = online(world, log, case, *sources)
    assert (run.code, world.seen) == (1, []), run.said
    assert len(run.document["rows"]) == len(SPECIAL)
    held = online(world, log, case, *sources, "--dry-run").document
    assert held["queries"] == []
    assert {entry["address"] for entry in held["held_back"]} == set(SPECIAL)


def test_the_follow_ups_whose_condition_came_true_are_asked_and_no_others(world: World, tmp_path: Path) -> None:
    case = make_case(world, tmp_path / "case")
    online(world, write_log(tmp_path / "log.csv"), case, "--yes")
    paths = Counter((sent.server, "/".join(sent.words.split("/")[3:])) for sent in world.seen)
    # JPNIC's block is asked of its mirror; a block that changed between two logins has its history asked for the first.
    assert paths["rdap-jpnic", "ip/153.240.123.45"] == 1
    assert paths["rdap-apnic", "history/ip/1.66.100.45"] == 1
    assert sum("history" in path for _, path in paths) == 1
    assert sum(server == "rdap-jpnic" for server, _ in paths) == 1


# Servers that do not answer


def row_count(run: Done) -> int:
    return len(run.document["rows"])


def test_a_dead_server_costs_no_row_and_says_why(world: World, tmp_path: Path) -> None:
    case = make_case(world, tmp_path / "case")
    dead = world.dead(tmp_path / "data")
    log = write_log(tmp_path / "log.csv")
    began = time.monotonic()
    words = ("lookup", str(log), "--case", case, "--online", "--yes", "--data", str(dead), "--as-of", AS_OF)
    run = world.call(*words, "--format", "json")
    assert time.monotonic() - began < 10
    assert run.code == 1
    assert row_count(run) == len(PUBLIC)
    assert re.search(r"[1-9]\d* unanswered", run.said)
    missing = run.document["inquiry"]["unanswered"]
    assert {entry["question"]["subject"] for entry in missing} == set(PUBLIC)
    assert all(entry["reason"]["ja"] and entry["reason"]["en"] for entry in missing)
    assert {entry["status"] for entry in missing} <= {"unreachable", "stopped"}
    assert {entry["status"] for entry in run.document["registrations"].values()} == {"failed"}
    # When the server is back, the very same command asks again and gets its answers.
    later = online(world, log, case, "--yes")
    assert later.code == 0, later.said
    assert later.document["inquiry"].get("unanswered", []) == []
    assert world.call("verify", case, "--data", str(world.data)).code in {0, 1}


def test_a_server_that_refuses_for_long_is_left_alone_and_the_rest_goes_on(world: World, tmp_path: Path) -> None:
    refusal = Canned(status=429, body=b"{}", headers={"Retry-After": "3600"})
    script = {f"ip/{address}": [refusal] for address in PUBLIC}
    with RdapServer([], authority=world.authority, script=script) as strict:
        ports = {name: server.port for name, server in world.servers.items()} | {"rdap-apnic": strict.port}
        data = data_on_loopback(tmp_path / "data", ports, burst=1, concurrent=1)
        case = make_case(world, tmp_path / "case")
        log = write_log(tmp_path / "log.csv")
        words = ("lookup", str(log), "--case", case, "--online", "--yes", "--data", str(data), "--as-of", AS_OF)
        run = world.call(*words, "--format", "json")
        assert len(strict.seen) == 1
    assert run.code == 1
    assert row_count(run) == len(PUBLIC)
    assert "stopped" in run.said
    assert Counter(sent.server for sent in world.seen) == {"rdap-ripe": 1, "rdap-arin": 1}
    statuses = Counter(entry["status"] for entry in run.document["registrations"].values())
    assert statuses == {"registered": 2, "failed": len(PUBLIC) - 2}


@pytest.mark.parametrize("hiccup", [503, 429])
def test_a_query_that_is_repeated_is_journalled_each_time(world: World, tmp_path: Path, hiccup: int) -> None:
    good = Canned(body=json.dumps(network_object(APNIC[1])).encode())
    script = {"ip/126.33.123.45": [Canned(status=hiccup, body=b"{}", headers={"Retry-After": "0"}), good]}
    with RdapServer([], authority=world.authority, script=script) as moody:
        ports = {name: server.port for name, server in world.servers.items()} | {"rdap-apnic": moody.port}
        data = data_on_loopback(tmp_path / "data", ports)
        case = make_case(world, tmp_path / "case")
        words = ("--case", case, "--online", "--yes", "--data", str(data), "--as-of", AS_OF, "--format", "json")
        run = world.call("lookup", str(write_log(tmp_path / "log.csv", ONE)), *words)
        seen = Counter(Sent("rdap-apnic", moody.url + path) for _, path in moody.seen)
    assert run.code == 0, run.said
    assert seen.total() == 2
    assert journalled(world.call("case", "log", case, "--egress", "--format", "json").document) == seen
    assert "1 answered" in run.said
    assert "2 sent" in run.said
    assert len(list((tmp_path / "case" / "evidence").glob("*.body"))) == 2  # the refusal is evidence too
    verified = world.call("verify", case, "--data", str(data), "--format", "json").document
    assert verified["recomputed"] == 1


# Folders that cannot be used


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_folder_that_cannot_be_used_is_one_sentence_and_seven(world: World, tmp_path: Path, lang: str) -> None:
    log = write_log(tmp_path / "log.csv", ONE)
    (tmp_path / "plain").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    runs = []
    for name in ("missing", "plain", "file"):
        target = str(tmp_path / name)
        runs.append(online(world, log, target, "--yes", lang=lang))
        runs += [world.call(*words, target, lang=lang) for words in (("verify",), ("case", "log"))]
        runs.append(world.call("case", "seal", target, str(tmp_path / "bag"), lang=lang))
    runs.append(world.call("report", str(tmp_path / "plain"), lang=lang))
    runs.append(world.call("report", str(tmp_path / "missing"), "--exhibits", lang=lang))
    runs.append(world.call("case", "init", str(tmp_path / "file"), lang=lang))
    for run in runs:
        assert (run.code, run.out) == (7, b""), run.said
        assert run.said.count("\n") == 1
        assert bool(re.search("[ぁ-ん一-龠]", run.said)) is (lang == "ja"), run.said
    assert world.seen == []


def test_a_folder_in_use_is_seven_and_nothing_leaves(world: World, tmp_path: Path) -> None:
    from ipattr.store import open_case

    case = make_case(world, tmp_path / "case")
    log = write_log(tmp_path / "log.csv", ONE)
    with open_case(tmp_path / "case", clock=lambda: datetime.now(UTC), tool_version="0"):
        run = world.run("lookup", str(log), "--case", case, "--online", "--yes", cwd=tmp_path)
        rdap = world.run("rdap", "1.66.100.45", "--case", case, "--data", str(world.data), cwd=tmp_path)
    for done in (run, rdap):
        assert (done.returncode, done.stdout) == (7, b""), done.stderr.decode()
        assert done.stderr.count(b"\n") == 1
    assert world.seen == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes say nothing")
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_folder_without_the_right_to_write_or_read_is_seven(world: World, tmp_path: Path, mode: int) -> None:
    case = make_case(world, tmp_path / "case")
    log = write_log(tmp_path / "log.csv", ONE)
    words = ("lookup", str(log), "--case", case, "--online", "--yes", "--as-of", AS_OF, "--data", str(world.data))
    assert world.call(*words).code == 0
    world.forget()
    with tempfile.TemporaryDirectory() as open_to_all:
        there = Path(open_to_all)
        shutil.copytree(case, there / "case")
        shutil.copy(log, there / "log.csv")
        # Root may write anywhere, so it steps down to a user who may not, and who sees the shipped data alone.
        user = 65534 if os.geteuid() == 0 else os.geteuid()
        for path in (there, *there.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
            os.chown(path, user, -1)
        (there / "case").chmod(mode)
        words = ("lookup", str(there / "log.csv"), "--case", str(there / "case"), "--online", "--yes", "--as-of", AS_OF)
        before = os.geteuid()
        os.seteuid(user)
        try:
            run = world.call(*words)
        finally:
            os.seteuid(before)
            (there / "case").chmod(0o700)
    assert (run.code, run.out) == (7, b""), run.said
    assert run.said.count("\n") == 1
    assert world.seen == []


def test_data_without_registries_lets_nothing_leave(world: World, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(world.data, data)
    shutil.rmtree(data / "registries")
    case = make_case(world, tmp_path / "case")
    log = str(write_log(tmp_path / "log.csv", ONE))
    for words in (
        ("lookup", log, "--case", case, "--online", "--yes"),
        ("rdap", "126.33.123.45"),
        ("rdap", "AS4713"),
        ("whois", "AS4713", "--source", "origin"),
    ):
        run = world.call(*words, "--data", str(data))
        assert (run.code, run.out, run.said.count("\n")) == (4, b"", 1), run.said
        assert "registries/" in run.said
    assert world.seen == []


def test_an_unknown_source_is_a_usage_error(world: World, tmp_path: Path) -> None:
    case = make_case(world, tmp_path / "case")
    run = online(world, write_log(tmp_path / "log.csv", ONE), case, "--source", "geoip", lang="ja")
    assert (run.code, run.out) == (2, b"")
    assert "geoip" in run.said


def test_a_second_run_shows_how_old_its_answers_are(world: World, tmp_path: Path) -> None:
    case = make_case(world, tmp_path / "case")
    log = write_log(tmp_path / "log.csv", ONE)
    online(world, log, case, "--yes")
    world.forget()
    offline = world.call(
        "lookup", str(log), "--case", case, "--data", str(world.data), "--as-of", AS_OF, "--format", "json"
    )
    assert (offline.code, world.seen) == (0, []), offline.said
    inquiry = offline.document["inquiry"]
    assert inquiry["asked_from"]
    table = world.call("report", case, "--format", "table").out.decode()
    assert inquiry["journal_head"] in table.replace("\n", "")
    assert datetime.fromisoformat(inquiry["asked_from"]).strftime("%Y") in table


def test_max_age_zero_and_refresh_ask_again(world: World, tmp_path: Path) -> None:
    case = make_case(world, tmp_path / "case")
    log = write_log(tmp_path / "log.csv", ONE)
    online(world, log, case, "--yes")
    for options, again in ((("--max-age", "1"), 0), (("--max-age", "0"), 1), (("--refresh",), 1)):
        world.forget()
        run = online(world, log, case, "--yes", *options)
        assert run.code == 0, run.said
        assert len(world.seen) == again, options
        assert len(run.document["rows"]) == 1
    verified = world.call("verify", case, "--data", str(world.data), "--format", "json").document
    assert verified["intact"], verified
    assert verified["recomputed"] == verified["results"] == 4
    assert json.dumps(verified.get("changes", [])) == "[]"


# What ends in the middle


@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_loses_no_answer_and_asks_none_twice(
    world: World, tmp_path: Path, end: signal.Signals, code: int
) -> None:
    rows = {f"126.33.{number}.45": "2026-08-02T01:00:00Z" for number in range(40)}
    log = write_log(tmp_path / "log.csv", rows)
    case = make_case(world, tmp_path / "case")
    blocks = [{"first": "126.0.0.0", "last": "126.255.255.255", "org": "SoftBank Corp."}]
    with RdapServer(blocks, authority=world.authority, latency=0.05) as slow:
        ports = {name: server.port for name, server in world.servers.items()} | {"rdap-apnic": slow.port}
        data = data_on_loopback(tmp_path / "data", ports, burst=1, concurrent=2)
        words = ("lookup", str(log), "--case", case, "--online", "--yes", "--data", str(data), "--as-of", AS_OF)
        process = subprocess.Popen(
            [sys.executable, "-m", "ipattr", *words, "--format", "json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=world.environment(),
        )
        while len(slow.seen) < 6 and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(end)
        out, said = process.communicate(timeout=30)
        assert (process.returncode, out) == (code, b""), said.decode()
        assert said.endswith(b"the same command goes on from there.\nInterrupted.\n")
        assert not list((tmp_path / "case").glob("case.*-wal"))
        assert b"Traceback" not in said
        kept = len(list((tmp_path / "case" / "evidence").glob("*.body")))
        assert 2 <= kept < len(rows)
        assert world.call("verify", case, "--data", str(data)).code in {0, 1}
        before = Counter(path for _, path in slow.seen)
        run = world.call(*words, "--format", "json")
        assert run.code == 0, run.said
        after = Counter(path for _, path in slow.seen)
    assert len(run.document["rows"]) == len(rows) == len(after)
    # At most what was under way when the interrupt came is asked once more.
    assert before.total() + len(rows) - kept == after.total()
    assert {entry["status"] for entry in run.document["registrations"].values()} == {"registered"}
    verified = world.call("verify", case, "--data", str(data), "--format", "json").document
    assert verified["intact"], verified
    assert verified["results"] == verified["recomputed"] == 1


@pytest.mark.parametrize("option", ["--as-of", "--expires"])
def test_a_date_that_cannot_be_read_is_named_by_its_option(world: World, tmp_path: Path, option: str) -> None:
    case = make_case(world, tmp_path / "case")
    terms = ("--purpose", "p", "--source", "rdap", "--by", "b")
    words = ("case", "consent", case, *terms) if option == "--expires" else ("lookup", "126.33.123.45")
    run = world.call(*words, option, "yesterday")
    assert (run.code, run.said.partition(":")[0]) == (2, option)


def test_a_consent_that_was_recorded_is_confirmed(world: World, tmp_path: Path) -> None:
    words = ("case", "consent", make_case(world, tmp_path / "case"), "--purpose", "保全", "--source", "rdap")
    run = world.call(
        *words,
        "--expires",
        "2027-03-31",
        "--by",
        "弁護士甲",
        lang="ja",
    )
    assert run.code == 0
    assert re.fullmatch(
        r".*: 同意を記録した\(rdap、2027-03-31 まで、弁護士甲\)。\n|.*: consent recorded .*\n", run.said
    )


def test_a_consent_says_for_what_and_whose_it_is(world: World, tmp_path: Path) -> None:
    case = make_case(world, tmp_path / "case")
    for purpose, by in (("", "b"), ("p", " ")):
        terms = ("--purpose", purpose, "--source", "rdap", "--expires", "2099-01-01", "--by", by)
        run = world.call("case", "consent", case, *terms)
        assert (run.code, run.said.count("\n")) == (2, 1)
    assert len(world.call("case", "log", case, "--format", "json").document) == 1
