"""Recording and replaying: the folder answers as the servers did, and says so when it holds no answer."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest
from carrying import ask_whois, fetch_all, ignore, now
from servers import WhoisServer

from ipattr.errors import AlteredError, NotRecordedError, StoreError
from ipattr.sources.evidence import evidence_names, read_evidence
from ipattr.sources.live import live
from ipattr.sources.tape import record, replay

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Hop, Request
    from ipattr.sources.interface import Answered


def recorded(folder: Path, *lines: str) -> tuple[list[Request], list[Answered]]:
    """Record questions to a server whose answers count up, and is gone afterwards."""
    count = itertools.count(1)
    with WhoisServer(lambda line: f"{line} #{next(count)}\\n".encode()) as server:
        requests = [ask_whois(server.place, line) for line in lines]
        answers = asyncio.run(fetch_all(record(folder, live(clock=now, tool_version="0")), *requests))
        assert len(server.seen) == len(lines)
    return requests, answers


def test_a_replay_gives_every_answer_as_it_was_with_no_server_left(tmp_path: Path) -> None:
    requests, answers = recorded(tmp_path, "203.0.113.1", "203.0.113.2")
    assert [answer.exchange.delivery for answer in answers] == ["complete", "complete"]
    assert asyncio.run(fetch_all(replay(tmp_path), *requests[::-1])) == answers[::-1]
    assert [read_evidence(tmp_path, name) for name in evidence_names(tmp_path)] == answers


def test_several_answers_to_one_question_come_in_order_and_the_last_for_good(tmp_path: Path) -> None:
    requests, answers = recorded(tmp_path, "203.0.113.1", "203.0.113.1", "203.0.113.1")
    assert len({answer.body for answer in answers}) == 3
    played = asyncio.run(fetch_all(replay(tmp_path), *requests, *requests))
    assert played == [*answers, answers[-1], answers[-1], answers[-1]]


def test_nothing_is_announced_as_leaving_in_a_replay(tmp_path: Path) -> None:
    requests, answers = recorded(tmp_path, "203.0.113.1")

    async def never(_hop: Hop) -> None:
        pytest.fail("a replay lets nothing leave")

    assert asyncio.run(replay(tmp_path).fetch(requests[0], seconds=1.0, leaving=never)) == answers[0]


def test_a_question_without_a_recorded_answer_says_so(tmp_path: Path) -> None:
    (request,), _ = recorded(tmp_path, "203.0.113.1")
    other = ask_whois(request.endpoint, "203.0.113.9")
    with pytest.raises(NotRecordedError, match="no answer"):
        asyncio.run(replay(tmp_path).fetch(other, seconds=1.0, leaving=ignore))
    with pytest.raises(NotRecordedError, match="no such folder"):
        replay(tmp_path / "none")


def test_a_folder_that_was_touched_is_not_replayed(tmp_path: Path) -> None:
    requests, _ = recorded(tmp_path, "203.0.113.1")
    player = replay(tmp_path)
    body = next(tmp_path.glob("*.body"))
    body.write_bytes(b"other")
    with pytest.raises(AlteredError, match=body.name):
        replay(tmp_path)
    with pytest.raises(AlteredError, match=body.name):
        asyncio.run(player.fetch(requests[0], seconds=1.0, leaving=ignore))


def test_numbers_go_on_where_the_folder_ends(tmp_path: Path) -> None:
    recorded(tmp_path, "203.0.113.1", "203.0.113.2")
    recorded(tmp_path, "203.0.113.3")
    assert [name.partition("-")[0] for name in evidence_names(tmp_path)] == ["000001", "000002", "000003"]


def test_a_folder_that_takes_nothing_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        recorded(tmp_path / "none", "203.0.113.1")
