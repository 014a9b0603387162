"""Carrying out plans against real servers on loopback: what leaves, what is kept, and when a server is left alone."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from loopback import Map, Memory, blocks, carry_out, plan_of, rdap_row, row, spread, whois_row
from servers import Authority, Canned, RdapServer, WhoisServer

from ipattr.casework.inquiry import kept_answers
from ipattr.coverage import Coverage
from ipattr.errors import StoreError
from ipattr.model import Answer, Hop
from ipattr.sources.asking import Progress, ask, ask_now
from ipattr.sources.interface import Answered, Leaving
from ipattr.sources.live import live
from ipattr.sources.reading import read_reply
from ipattr.store import create, open_case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ipattr.model import Outcome, RegistryServer, SourceName

LAYOUT = blocks(6, seed=1, bits=(8, 10))
BUSY = Canned(status=429, headers={"Retry-After": "1"})
BROKEN = Canned(status=503)
CLOCK = lambda: datetime.now(UTC)  # noqa: E731 - a clock is a function


@pytest.fixture(autouse=True)
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the authority of the loopback servers."""
    authority.trust(monkeypatch)


def test_exactly_the_plan_leaves_and_every_request_stands_in_the_journal_first(authority: Authority) -> None:
    """The set planned, the set journalled and the set the server saw are one; nothing is asked twice."""
    addresses = spread(LAYOUT, 40, seed=2)
    with RdapServer(LAYOUT, authority=authority) as server:
        servers = {"apnic": rdap_row("apnic", server)}
        plan = plan_of([*addresses, *addresses, "10.0.0.1"], servers)
        ledger = Memory()
        answers, outcome = carry_out(plan, servers, ledger=ledger)
        planned = [query.request.endpoint for query in plan.queries]
        seen = [server.url + path for _, path in server.seen]
    assert sorted(seen) == sorted(planned) == sorted(ledger.left)
    assert len(set(seen)) == 40
    assert [answer.exchange.question for answer in answers] == [query.request.question for query in plan.queries]
    assert (outcome.planned, outcome.answered, outcome.not_needed, outcome.sent) == (40, 40, 0, 40)
    assert outcome.unanswered == outcome.stopped == ()
    first: dict[str, type] = {}
    for entry in ledger.entries:
        question = entry.request.question if isinstance(entry, Leaving) else entry.exchange.question
        first.setdefault(question.key, type(entry))
    assert set(first.values()) == {Leaving}


def test_a_refusal_is_obeyed_once_and_everything_is_answered(authority: Authority) -> None:
    """429 with Retry-After: nothing leaves for that second, then the rest is asked, and the refusal itself is kept."""
    addresses = spread(LAYOUT, 12, seed=3)
    script = {f"ip/{addresses[4]}": [BUSY, Canned(status=404, body=b"{}")]}
    with RdapServer(LAYOUT, authority=authority, script=script) as server:
        servers = {"apnic": rdap_row("apnic", server, concurrent=1, burst=1)}
        plan = plan_of(addresses, servers)
        ledger = Memory()
        answers, outcome = carry_out(plan, servers, ledger=ledger)
        times = [at for at, _ in server.seen]
        again = [at for at, path in server.seen if path == f"ip/{addresses[4]}"]
    assert (outcome.answered, outcome.sent, outcome.unanswered) == (12, 13, ())
    assert len(again) == 2
    assert not [at for at in times if again[0] < at < again[0] + 0.99]
    assert [answer.reply.status for answer in answers].count("rate-limited") == 1
    assert [exchange.status_code for exchange in ledger.kept].count(429) == 1


def test_many_refusals_at_once_are_one_refusal(authority: Authority) -> None:
    """Ten requests under way that are all refused were sent before the first refusal came: that is no second one."""
    addresses = spread(LAYOUT, 10, seed=4)
    script = {f"ip/{address}": [BUSY, Canned(status=404, body=b"{}")] for address in addresses}
    with RdapServer(LAYOUT, authority=authority, script=script, latency=0.1) as server:
        servers = {"apnic": rdap_row("apnic", server)}
        _, outcome = carry_out(plan_of(addresses, servers), servers)
    assert (outcome.answered, outcome.stopped) == (10, ())


@pytest.mark.parametrize(
    "refusals", [[BUSY], [Canned(status=429, headers={"Retry-After": "121"})]], ids=["a second one", "too long a wait"]
)
def test_a_second_refusal_stops_that_server_and_no_other(authority: Authority, refusals: Sequence[Canned]) -> None:
    """The queries left are ``stopped``, the refused one keeps its status, the other server's are all answered."""
    addresses = spread(LAYOUT, 16, seed=5)
    elsewhere = dict.fromkeys(addresses[8:], "ripe")
    near = sorted(addresses[:8], key=lambda address: tuple(map(int, address.split("."))))
    script = {f"ip/{near[3]}": refusals}
    with (
        RdapServer(LAYOUT, authority=authority, script=script) as one,
        RdapServer(LAYOUT, authority=authority) as other,
    ):
        servers = {"apnic": rdap_row("apnic", one, concurrent=1, burst=1), "ripe": rdap_row("ripe", other)}
        plan = plan_of(addresses, servers, geography=Map(elsewhere=elsewhere))
        _, outcome = carry_out(plan, servers)
        asked = len(one.seen)
    statuses = {u.question.subject: u.status for u in outcome.unanswered}
    assert statuses == {near[3]: "rate-limited"} | dict.fromkeys(near[4:], "stopped")
    assert outcome.answered == 3 + 8
    assert asked == 4 + (len(refusals) and refusals[0] is BUSY)
    assert len(outcome.stopped) == 1
    assert outcome.planned == outcome.answered + len(outcome.unanswered) + outcome.not_needed


def test_the_words_of_a_whois_ban_stop_it_at_once() -> None:
    """Port 43 has no Retry-After: a limit in words ends asking, and says so."""
    with WhoisServer(lambda _: b"% ERROR:201: access denied for 192.0.2.1\r\n") as server:
        servers = {"w": whois_row("w", server, "whois", concurrent=1)}
        plan = plan_of(["20.0.0.1", "20.0.0.2", "20.0.0.3"], servers, sources=("whois",))
        _, outcome = carry_out(plan, servers)
        seen = [line for _, line in server.seen]
    assert seen == ["20.0.0.1"]
    assert [u.status for u in outcome.unanswered] == ["rate-limited", "stopped", "stopped"]
    assert "127.0.0.1" in outcome.stopped[0].en


def test_a_server_error_is_tried_once_more(authority: Authority) -> None:
    """503 then an answer is answered; 503 twice is unanswered with both pieces of evidence; no third attempt."""
    script = {"ip/20.0.0.1": [BROKEN, Canned(status=404, body=b"{}")], "ip/20.0.0.2": [BROKEN]}
    with RdapServer(LAYOUT, authority=authority, script=script) as server:
        servers = {"apnic": rdap_row("apnic", server)}
        answers, outcome = carry_out(plan_of(["20.0.0.1", "20.0.0.2", "20.0.0.3"], servers), servers)
        paths = sorted(path for _, path in server.seen)
    assert paths == ["ip/20.0.0.1", "ip/20.0.0.1", "ip/20.0.0.2", "ip/20.0.0.2", "ip/20.0.0.3"]
    assert outcome.answered == 2
    [failed] = outcome.unanswered
    assert (failed.question.subject, failed.status) == ("20.0.0.2", "server-error")
    assert failed.evidence == tuple(a.name for a in answers if a.exchange.question.subject == "20.0.0.2")
    assert len(failed.evidence) == 2


def test_a_dead_server_is_left_alone_after_three_attempts() -> None:
    """Connections that are refused are not tried two hundred times."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    servers = {"apnic": row("apnic", host="127.0.0.1", port=port, url=f"https://127.0.0.1:{port}/", concurrent=1)}
    ledger = Memory()
    _, outcome = carry_out(plan_of(spread(LAYOUT, 200, seed=6), servers), servers, ledger=ledger)
    assert len(ledger.kept) == 3
    assert [u.status for u in outcome.unanswered].count("unreachable") == 3
    assert [u.status for u in outcome.unanswered].count("stopped") == 197
    assert len(outcome.stopped) == 1


def test_the_mirror_and_the_history_are_asked_only_when_the_answer_calls_for_them(authority: Authority) -> None:
    """An object that names JPNIC alone leads to its mirror, a change after the login to the history; others do not."""
    jpnic = {"entities": [{"objectClassName": "entity", "handle": "JPNIC", "roles": ["registrant"]}]}
    jpnic["entities"][0]["vcardArray"] = [  # type: ignore[assignment]
        "vcard",
        [["version", {}, "text", "4.0"], ["fn", {}, "text", "Japan Network Information Center"]],
    ]
    layout = [
        {"first": "20.0.0.0", "last": "20.0.0.255", "name": "X-JPNIC-JP", "extra": jpnic},
        {
            "first": "20.0.1.0",
            "last": "20.0.1.255",
            "org": "Changed",
            "events": {"last changed": "2026-06-01T00:00:00Z"},
        },
        {"first": "20.0.2.0", "last": "20.0.2.255", "org": "Old", "events": {"registration": "2001-01-01T00:00:00Z"}},
    ]
    with RdapServer(layout, authority=authority) as parent, RdapServer(layout, authority=authority) as mirror:
        servers = {
            "apnic": rdap_row("apnic", parent, history=f"{parent.url}history/"),
            "mirror": rdap_row("mirror", mirror, mirrors="apnic", referral_names=["JPNIC"], areas=[]),
        }
        plan = plan_of(["20.0.0.5", "20.0.1.5", "20.0.2.5"], servers, earliest=datetime(2026, 5, 1, tzinfo=UTC))
        _, outcome = carry_out(plan, servers)
        asked = sorted(path for _, path in parent.seen)
        referred = [path for _, path in mirror.seen]
    assert referred == ["ip/20.0.0.5"]
    assert asked == ["history/ip/20.0.1.5", "ip/20.0.0.5", "ip/20.0.1.5", "ip/20.0.2.5"]
    assert len(plan.queries) == 9
    assert outcome.not_needed == 4
    assert outcome.planned == outcome.answered + len(outcome.unanswered) + outcome.not_needed


def test_no_match_at_jpnic_is_followed_to_the_registry_that_has_the_block(authority: Authority) -> None:
    """43/8 moved to APNIC: JPNIC's ``No match`` says nothing about the address, RDAP does."""

    def answers(line: str) -> bytes:
        return "該当するデータがありません。\r\n".encode("iso2022_jp") if line.startswith("43.") else b""

    layout = [{"first": "43.0.0.0", "last": "43.0.0.255", "org": "Moved"}]
    with WhoisServer(answers) as jpnic, RdapServer(layout, authority=authority) as apnic:
        servers = {"jp": whois_row("jp", jpnic, "jpnic", opt_in=True), "apnic": rdap_row("apnic", apnic)}
        plan = plan_of(["43.0.0.5"], servers, sources=("jpnic",))
        found, outcome = carry_out(plan, servers)
        assert [line for _, line in jpnic.seen] == ["43.0.0.5"]
        assert [path for _, path in apnic.seen] == ["ip/43.0.0.5"]
    assert [answer.reply.status for answer in found] == ["not-found", "found"]
    assert outcome.answered == 2


@pytest.mark.parametrize(("below", "asked"), [("該当するデータがありません。", 1), ("", 3)])
def test_exact_mode_skips_only_what_lies_in_a_block_known_to_hold_nothing_more(below: str, asked: int) -> None:
    """JPNIC's 下位情報 that says there is none saves the neighbours; one that does not say saves nobody."""
    text = "a. [IPネットワークアドレス]     20.0.0.0/24\r\nf. [組織名]                 試験\r\n"
    text += f"\r\n下位情報\r\n----------\r\n{below}\r\n" if below else ""
    with WhoisServer(lambda _: text.encode("iso2022_jp")) as server:
        servers = {"jp": whois_row("jp", server, "jpnic", concurrent=1, burst=1, per_second=50.0)}
        plan = plan_of(["20.0.0.1", "20.0.0.2", "20.0.0.3"], servers, sources=("jpnic",))
        answers, outcome = carry_out(plan, servers)
        seen = [line for _, line in server.seen]
    assert seen == ["20.0.0.1", "20.0.0.2", "20.0.0.3"][:asked]
    assert (outcome.answered, outcome.not_needed) == (asked, 3 - asked)
    basis = Coverage(answers).of("20.0.0.3")[0].basis
    assert basis == ("exact-block" if below else "direct")


@pytest.mark.parametrize("room", [0, 1, 7, 20])
def test_nothing_leaves_once_the_ledger_keeps_no_more(authority: Authority, room: int) -> None:
    """A full disk ends the run with its error; what was not journalled was never sent."""
    full = StoreError(ja="書き込めない。", en="The disk is full.")
    ledger = Memory(room=room, error=full)
    with RdapServer(LAYOUT, authority=authority, latency=0.01) as server:
        servers = {"apnic": rdap_row("apnic", server, concurrent=4)}
        plan = plan_of(spread(LAYOUT, 60, seed=7), servers)
        with pytest.raises(StoreError, match="full"):
            carry_out(plan, servers, ledger=ledger)
        seen = {server.url + path for _, path in server.seen}
    assert seen <= set(ledger.left)
    assert len(ledger.entries) <= room


def test_a_resumed_run_asks_nothing_that_was_kept(authority: Authority) -> None:
    """Cut a run short, plan again with what was kept: together both asked every address once."""
    addresses = spread(LAYOUT, 50, seed=8)
    full = StoreError(ja="書き込めない。", en="The disk is full.")
    ledger = Memory(room=61, error=full)
    with RdapServer(LAYOUT, authority=authority) as server:
        servers = {"apnic": rdap_row("apnic", server, concurrent=3)}
        with pytest.raises(StoreError):
            carry_out(plan_of(addresses, servers), servers, ledger=ledger)
        known = answers_of(ledger)
        again = Memory()
        plan = plan_of(addresses, servers, answers=known)
        answers, outcome = carry_out(plan, servers, ledger=again, known=known)
    kept = {answer.exchange.question.subject for answer in known}
    asked = {exchange.question.subject for exchange in again.kept}
    assert kept
    assert asked
    assert not kept & asked
    assert kept | asked == set(addresses)
    assert set(plan.kept) == {answer.name for answer in known}
    assert outcome.planned == outcome.answered == len(answers) == len(asked)


def test_an_interrupted_run_keeps_what_had_arrived(authority: Authority) -> None:
    """Cancelled in the middle: the cancellation passes on, every answer that came stands in the ledger."""
    ledger = Memory()
    with RdapServer(LAYOUT, authority=authority, latency=0.02) as server:
        servers = {"apnic": rdap_row("apnic", server, concurrent=4)}
        plan = plan_of(spread(LAYOUT, 200, seed=9), servers)
        reports: list[Progress] = []

        async def interrupted() -> None:
            running = asyncio.create_task(
                ask(
                    plan,
                    servers=servers,
                    transport=live(clock=CLOCK, tool_version="0"),
                    ledger=ledger,
                    known=(),
                    progress=reports.append,
                )
            )
            await asyncio.sleep(0.3)
            running.cancel()
            await running

        with pytest.raises(asyncio.CancelledError):
            asyncio.run(interrupted())
        seen = len(server.seen)
    assert 4 <= len(ledger.kept) < 200
    assert seen - 4 <= len(ledger.kept)
    assert reports[-1].answered <= len(ledger.kept)
    assert reports[-1].planned == 200


def test_entries_that_wait_together_are_kept_in_one_transaction(authority: Authority) -> None:
    """A ledger that takes 20 ms a transaction does not cost 20 ms an entry, and is never called from two threads."""
    calls: list[tuple[int, int]] = []

    class Slow(Memory):
        def write(self, entries: Sequence[Leaving | Answered]) -> tuple[str, ...]:
            import threading

            time.sleep(0.02)
            calls.append((len(entries), threading.get_ident()))
            return super().write(entries)

    with RdapServer(LAYOUT, authority=authority, latency=0.02) as server:
        servers = {"apnic": rdap_row("apnic", server)}
        plan = plan_of(spread(LAYOUT, 60, seed=10), servers)
        begun = time.perf_counter()
        ask_now(plan, servers=servers, transport=live(clock=CLOCK, tool_version="0"), ledger=Slow(), known=())
        taken = time.perf_counter() - begun
    assert sum(count for count, _ in calls) == 120
    assert len(calls) < 60
    assert taken < 0.02 * 120
    assert len({thread for _, thread in calls}) == 1


def test_a_case_folder_that_is_opened_again_makes_the_next_plan_empty(authority: Authority, tmp_path: Path) -> None:
    """The store itself as the ledger: what a run kept, the next one rests on, and asks nothing."""
    folder = tmp_path / "case"
    create(folder, title="T", clock=CLOCK, tool_version="0", data_version="0")
    addresses = spread(LAYOUT, 24, seed=12)
    with RdapServer(LAYOUT, authority=authority) as server:
        servers = {"apnic": rdap_row("apnic", server)}
        plan = plan_of(addresses, servers)
        with open_case(folder, clock=CLOCK, tool_version="0") as case:
            answers, outcome = carry_out(plan, servers, ledger=case)
        with open_case(folder, clock=CLOCK, tool_version="0") as case:
            known = [
                Answer(name=name, exchange=exchange, reply=read_reply(exchange, case.body(name)))
                for name, exchange in case.answers()
            ]
        again = plan_of(addresses, servers, answers=known)
    assert outcome.answered == 24
    assert again.queries == ()
    assert {answer.name: answer for answer in known} == {answer.name: answer for answer in answers}


def test_in_coalesced_mode_a_covering_answer_decides_about_the_mirror(authority: Authority) -> None:
    """One allocation at APNIC that names JPNIC, four assignments at its mirror: one request here, four there."""
    entity = {"objectClassName": "entity", "handle": "JPNIC", "roles": ["registrant"]}
    entity["vcardArray"] = ["vcard", [["fn", {}, "text", "Japan Network Information Center"]]]  # type: ignore[assignment]
    above = [{"first": "20.0.0.0", "last": "20.0.255.255", "name": "X-JPNIC-JP", "extra": {"entities": [entity]}}]
    below = [
        {"first": f"20.0.{at}.0", "last": f"20.0.{at + 63}.255", "handle": f"M{at}", "org": "Holder"}
        for at in (0, 64, 128, 192)
    ]
    addresses = spread(below, 80, seed=13)
    with RdapServer(above, authority=authority) as parent, RdapServer(below, authority=authority) as mirror:
        servers = {
            "apnic": rdap_row("apnic", parent),
            "mirror": rdap_row("mirror", mirror, mirrors="apnic", referral_names=["JPNIC"], areas=[]),
        }
        plan = plan_of(addresses, servers, mode="coalesced")
        answers, outcome = carry_out(plan, servers)
        asked = len(parent.seen), len(mirror.seen)
    assert asked[0] == 1
    assert 4 <= asked[1] <= 5
    assert outcome.planned == 160 == outcome.answered + outcome.not_needed
    coverage = Coverage(answers)
    for address in addresses:
        best = coverage.of(address)[0]
        assert best.answer.exchange.server == "mirror"


def test_a_slow_server_costs_no_deadline_of_what_waits_for_a_slot(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was prepared ahead and finds no slot goes back in line instead of timing out unsent."""
    monkeypatch.setattr("ipattr.sources.asking.lane.PATIENCE", 0.05)
    addresses = spread(LAYOUT, 12, seed=11)
    with RdapServer(LAYOUT, authority=authority, latency=0.3) as server:
        servers = {"apnic": rdap_row("apnic", server, concurrent=4)}
        _, outcome = carry_out(plan_of(addresses, servers), servers, seconds=0.6)
        paths = [path for _, path in server.seen]
    assert (outcome.answered, outcome.sent, outcome.unanswered) == (12, 12, ())
    assert sorted(paths) == sorted(f"ip/{address}" for address in addresses)


def answers_of(ledger: Memory) -> list[Answer]:
    """Return the usable answers that a ledger holds."""
    return [
        Answer(name=f"{at:06d}", exchange=entry.exchange, reply=read_reply(entry.exchange, entry.body))
        for at, entry in enumerate(ledger.entries, 1)
        if isinstance(entry, Answered)
    ]


def lookups_in(
    case: Path, addresses: Sequence[str], servers: Mapping[str, RegistryServer], source: SourceName
) -> Outcome:
    """Ask in a case folder as one run does: with everything that it holds."""
    with open_case(case, clock=CLOCK, tool_version="0") as folder:
        known = kept_answers(folder)
        plan = plan_of(addresses, servers, sources=(source,), answers=known)
        return carry_out(plan, servers, ledger=folder, known=known)[1]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return an empty case folder."""
    create(tmp_path / "case", title="", clock=CLOCK, tool_version="0", data_version="")
    return tmp_path / "case"


def test_a_second_run_keeps_the_distance_to_the_last_query_of_the_first(case: Path) -> None:
    """JPNIC's one query in ten seconds (here: two) holds from run to run, and after a query that nobody answered."""
    with WhoisServer(lambda _line: b"No match!!\r\n") as server:
        servers = {"jp": whois_row("jp", server, "jpnic", per_second=0.5, burst=1, concurrent=1)}
        for number in (1, 2):
            assert lookups_in(case, [f"203.0.113.{number}"], servers, "jpnic").answered == 1
        (query,) = plan_of(["203.0.113.3"], servers, sources=("jpnic",)).queries
        with open_case(case, clock=CLOCK, tool_version="0") as folder:
            killed = time.monotonic()
            folder.write([Leaving(request=query.request, hop=Hop(request="203.0.113.3", server="x:43", sent=CLOCK()))])
        assert lookups_in(case, ["203.0.113.3"], servers, "jpnic").answered == 1
        times = [at for at, _ in server.seen]
    assert len(times) == 3
    assert times[1] - times[0] >= 2.0
    assert times[2] - killed >= 1.95


def test_a_ban_is_not_forgotten_by_asking_again(case: Path) -> None:
    """WHOIS: a later run sends nothing while the server's word of limits is fresh, and says why."""
    with WhoisServer(lambda _line: b"%ERROR:201: access denied for 192.0.2.1\n") as server:
        servers = {"ripe": whois_row("ripe", server, "whois")}
        first = lookups_in(case, ["203.0.113.1"], servers, "whois")
        again = lookups_in(case, ["203.0.113.1", "203.0.113.2"], servers, "whois")
        seen = len(server.seen)
    assert [one.status for one in first.unanswered] == ["rate-limited"]
    assert [one.status for one in again.unanswered] == ["stopped", "stopped"]
    assert "a short while ago" in again.stopped[0].en
    assert (seen, again.sent) == (1, 0)


@pytest.mark.parametrize(("seconds", "seen"), [(2, 2), (300, 1)])
def test_retry_after_is_not_forgotten_by_asking_again(
    authority: Authority, case: Path, seconds: int, seen: int
) -> None:
    """RDAP: what is left of the wait is waited, or nothing is sent where that is too long."""
    script = {"ip/203.0.113.1": [Canned(status=429, headers={"Retry-After": "300"})]}
    if seconds == 2:
        script = {"ip/203.0.113.1": [Canned(status=429, headers={"Retry-After": "2"})] * 2}
    with RdapServer(LAYOUT, authority=authority, script=script) as server:
        servers = {"apnic": rdap_row("apnic", server)}
        first = lookups_in(case, ["203.0.113.1"], servers, "rdap")
        refused = max(at for at, _ in server.seen)
        again = lookups_in(case, ["203.0.113.2"], servers, "rdap")
        times = [at for at, path in server.seen if path.endswith(".2")]
        assert len({path for _, path in server.seen}) == seen
    assert len(first.unanswered) == 1
    assert len(again.unanswered) == 2 - seen
    assert all(at - refused >= 1.9 for at in times)


def test_what_is_redirected_keeps_the_pace_of_the_server_it_is_led_to(authority: Authority) -> None:
    """Two registries send us on to a third that we ask ourselves: it sees no more than its own pace allows."""
    places = {name: [f"203.0.{number}.{last}" for last in range(1, 13)] for number, name in enumerate(("a", "b", "c"))}
    with RdapServer(LAYOUT, authority=authority) as goal:
        script = {
            f"ip/{address}": [Canned(status=302, headers={"Location": f"{goal.url}ip/{address}"})]
            for address in (*places["a"], *places["b"])
        }
        led = {"redirects_to": [f"{goal.host}:{goal.port}"]}
        with (
            RdapServer(LAYOUT, authority=authority, script=script) as one,
            RdapServer(LAYOUT, authority=authority, script=script) as two,
        ):
            servers = {
                "a": rdap_row("a", one, **led),
                "b": rdap_row("b", two, **led),
                "c": rdap_row("c", goal, per_second=20.0, burst=2, concurrent=2),
            }
            elsewhere = {address: name for name, some in places.items() for address in some}
            plan = plan_of(elsewhere, servers, geography=Map(elsewhere=elsewhere))
            _, outcome = carry_out(plan, servers)
        times = [at for at, _ in goal.seen]
    assert (outcome.answered, outcome.unanswered) == (36, ())
    assert len(times) == 36
    spans = [(later - index + 1, times[later] - times[index]) for index in range(36) for later in range(index, 36)]
    assert not [(count, span) for count, span in spans if count > 3 + 20.0 * (span + 0.05)]
