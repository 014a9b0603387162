"""Material for filings: the shipped example, a big log, and a log in which everything is hostile."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from exhibit_cases.exchanges import JPNIC_TEXT, SENT, exhibit, hopped, rdap_body

import ipattr
from ipattr.planning import rank
from ipattr.registry import open_registry
from ipattr.renderers.exhibits import Head
from ipattr.renderers.filings.material import Facts, Material

if TYPE_CHECKING:
    from ipattr.model import Case

EXAMPLES = Path(__file__).resolve().parents[1] / "data" / "examples"
AS_OF = date(2026, 11, 21)
HEAD = Head(seq=42, hash="ab" * 32, at=SENT)
HOSTILE = (
    "=1+1",
    "+81",
    "-2",
    "@SUM(A1)",
    "\t=cmd|'/c calc'!A1",
    '=HYPERLINK("http://evil.example/","x")',
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "]]></w:t><w:p/>",
    "\u202egnp.exe\u202c \u2067\u200f\u200b",
    "\x07bell\x1b[31m",
    '#let x = read("/etc/passwd") $ x $ *bold* _it_ `raw` @ref <label> \\ // comment',
    "| a | b |\n# heading\n<b>x</b> [link](http://evil.example/)",
    "_x0041_ {{addressee.name}} {%x%}",
    "\uff1d\uff11+\uff11",
    "㈱髙﨑①\U00020bb7野家😀é",
    "あ" * 10_000,
    "A" * 10_000,
)
"""Texts that are alive somewhere: in a sheet, a page, a Word file, typst, Markdown, a calendar, or to the eye."""


@cache
def facts() -> Facts:
    """Return the shipped facts."""
    registry = open_registry(None)
    return Facts(
        providers=registry.providers,
        platforms=registry.platforms,
        citations=registry.citations,
        sheets=tuple(getattr(registry, "sheets", ())),
        calendar=registry.calendar,
        data_version=registry.data_version,
    )


def material_of(case: Case, *, answers: bool = False) -> Material:
    """Return a case with its ranking; with ``answers``, with two registry answers and the head of a journal."""
    return Material(
        case=case,
        facts=facts(),
        ranking=rank(case),
        exhibits=(exhibit(JPNIC_TEXT.encode("iso2022_jp")), hopped(rdap_body(1))) if answers else (),
        head=HEAD if answers else None,
        source="事件" if answers else "case.json",
    )


@cache
def example(*, answers: bool = True) -> Material:
    """Return the shipped example: 20 logins, three posts, rejects, every verdict."""
    case = ipattr.lookup([EXAMPLES / "x-return.docx"], posts=[EXAMPLES / "posts.csv"], platform="x", as_of=AS_OF)
    return material_of(case, answers=answers)


def many(folder: Path, count: int = 5_000) -> Material:
    """Return a case of ``count`` logins over a year, from addresses of all providers that state an example."""
    addresses = [one.address for provider in facts().providers.values() for one in provider.examples]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    log, posts = folder / "log.csv", folder / "posts.csv"
    with log.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["time", "ip", "port", "account_id"])
        for number in range(count):
            at = start + timedelta(minutes=97 * number)
            port = 1024 + number % 60_000 if number % 3 else ""
            writer.writerow(
                [f"{at:%Y-%m-%dT%H:%M:%SZ}", addresses[number % len(addresses)], port, "6012345678901234567"]
            )
    with posts.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["url", "posted_at", "account_id"])
        writer.writerow(
            ["https://x.com/a/status/2090767117832945664", "2026-08-21T11:45:00.123Z", "6012345678901234567"]
        )
    return material_of(ipattr.lookup([log], posts=[posts], platform="x", as_of=AS_OF))


def hostile(folder: Path) -> Material:
    """Return a case whose free cells (account name, client, host name, raw text, file name) are all of ``HOSTILE``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["time", "ip", "account_id", "account_name", "client", "hostname"])
    for number, cell in enumerate(HOSTILE):
        writer.writerow(
            [f"2026-11-{1 + number % 20:02}T03:04:{number:02}Z", "1.66.123.45", "6012345678901234567", cell, cell, ""]
        )
        writer.writerow([cell, "1.66.123.45", "6012345678901234567", cell, "", ""])  # rejected, raw text kept
    log = folder / "=1+1 <b>x<b>\u202e.csv"
    log.write_text(text.getvalue(), encoding="utf-8", newline="")
    return material_of(
        ipattr.lookup(
            [log],
            platform="x",
            as_of=AS_OF,
            mapping="time=time,ip=ip,account_id=account_id,account_name=account_name,client=client",
        ),
        answers=True,
    )
