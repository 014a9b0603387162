"""Debian's whois as an independent client against the server of our tests: it receives what we read."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from servers import WhoisServer
from test_jpnic import LAYOUTS, body_of
from whois_answers import exchange_of

from ipattr.sources.jpnic import read_jpnic

WHOIS = shutil.which("whois")
pytestmark = pytest.mark.skipif(WHOIS is None, reason="Debian's whois is not installed (.ci/debian whois)")


@pytest.mark.parametrize("name", LAYOUTS)
def test_debians_whois_receives_the_bytes_that_we_read(name: str) -> None:
    subject = LAYOUTS[name]
    sent = body_of(name)
    with WhoisServer(lambda _line: sent) as server:
        done = subprocess.run(
            [str(WHOIS), "-h", "127.0.0.1", "-p", str(server.port), subject],
            capture_output=True,
            check=True,
            timeout=20,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
        lines = [line for _, line in server.seen]
    assert lines == [subject]
    assert done.stdout == sent.replace(b"\r\n", b"\n")  # this client writes the line ends of its own system
    received = read_jpnic(exchange_of(done.stdout, subject=subject), done.stdout)
    read = read_jpnic(exchange_of(sent, subject=subject), sent)
    assert (received.status, received.network, received.text) == (read.status, read.network, read.text)
