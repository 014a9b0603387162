"""Independent RDAP clients ask the very server that we ask, and name the same registration for each address."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from carrying import fetch_all, now
from servers import Authority, RdapServer

from ipattr.model import Question, Request
from ipattr.sources.live import live
from ipattr.sources.reading import read_reply

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = [
    {"first": "1.66.0.0", "last": "1.66.127.255", "handle": "WIDE", "name": "WIDE-NET", "org": "Wide Inc."},
    {"first": "1.66.8.16", "last": "1.66.8.31", "handle": "NARROW", "name": "NARROW-NET", "org": "Narrow K.K."},
    {"first": "126.0.0.0", "last": "126.255.255.255", "handle": "EIGHT", "name": "EIGHT-NET", "org": "Eight Corp."},
    {"first": "240b::", "last": "240b:3f:ffff:ffff:ffff:ffff:ffff:ffff", "handle": "SIX", "name": "SIX", "org": "Six"},
]
EXPECTED = {
    "1.66.8.15": "WIDE",
    "1.66.8.16": "NARROW",
    "1.66.8.31": "NARROW",
    "1.66.8.32": "WIDE",
    "126.33.123.45": "EIGHT",
    "240b:10:1234::1": "SIX",
}


def ours(server: RdapServer) -> dict[str, str]:
    """Return the handle that we read for each address."""
    requests = [
        Request(
            question=Question(source="rdap", kind="ip", subject=address),
            server="test",
            protocol="rdap",
            endpoint=f"{server.url}ip/{address}",
            allowed=(server.place,),
        )
        for address in EXPECTED
    ]
    answers = asyncio.run(fetch_all(live(clock=now, tool_version="test"), *requests))
    handles: dict[str, str] = {}
    for address, answered in zip(EXPECTED, answers, strict=True):
        network = read_reply(answered.exchange, answered.body).network
        assert network is not None
        assert network.handle is not None
        handles[address] = network.handle.value
    return handles


@pytest.mark.parametrize("peer", ["whoisit", "whoisit-async", "ipwhois"])
def test_a_peer_and_we_name_the_same_registration(
    peer: str, authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority.trust(monkeypatch)
    questions = tmp_path / "addresses.json"
    questions.write_text(json.dumps(list(EXPECTED)), encoding="utf-8")
    with RdapServer(BLOCKS, authority=authority) as server:
        assert ours(server) == EXPECTED
        run = subprocess.run(
            [sys.executable, ROOT / "benchmarks" / "registries_peers.py", peer, questions, str(server.port)],
            capture_output=True,
            check=False,
            env={**os.environ, "SSL_CERT_FILE": str(authority.path), "REQUESTS_CA_BUNDLE": str(authority.path)},
        )
    assert run.returncode == 0, run.stderr.decode()
    assert json.loads(run.stdout)["found"] == EXPECTED
