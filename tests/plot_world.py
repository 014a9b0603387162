"""Cases for figures: none, one, the example, a login history, everything hostile; and what a figure shows."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec
from filing_world import AS_OF, EXAMPLES, HOSTILE, example

import ipattr
from ipattr.model import Account, Text

if TYPE_CHECKING:
    from matplotlib.text import Text as Drawn

    from ipattr.model import Case
    from ipattr.plots import Plot

NAMES = ("$x^2$ $\\frac{1}{2}$ \\alpha _a_ ^b", "100%\\n{}", "عربي עברית \u202eRTL\u202c", *HOSTILE)
"""What is alive in mathematics and in layouts, and what is alive anywhere else."""
CASES = ("none", "one", "bare", "example", "history", "hostile", "kinds")
ONE = "2026-11-01T00:00:00Z,1.66.123.45,50000,6012345678901234567,a\n"
HEADER = "time,ip,port,account_id,account_name\n"


@cache
def case(name: str) -> Case:
    """Return one of ``CASES``."""
    return {
        "none": lambda: read(HEADER),
        "one": lambda: read(HEADER + ONE),
        "example": lambda: example().case,
        "history": history,
        "hostile": hostile,
        "bare": lambda: ipattr.lookup(["1.66.123.45", "10.0.0.1"], platform="x", as_of=AS_OF),
        "kinds": kinds,
    }[name]()


def read(log: str, posts: str = "") -> Case:
    """Return the case of a log given as text, with its posts."""
    with TemporaryDirectory() as folder:
        source, said = Path(folder, "log.csv"), Path(folder, "posts.csv")
        source.write_text(log, encoding="utf-8", newline="")
        said.write_text(posts, encoding="utf-8", newline="")
        return ipattr.lookup([source], posts=[said] if posts else [], platform="x", as_of=AS_OF)


def history() -> Case:
    """Return the shipped login history: two accounts, two hundred rows."""
    posts = [EXAMPLES / "x-history-posts.csv"]
    return ipattr.lookup([EXAMPLES / "x-history.csv"], posts=posts, platform="x", as_of=AS_OF)


def kinds() -> Case:
    """Return rows of all kinds, one of them a date alone, with a post in the same second as two logins."""
    rows = ["time,ip,account_id,kind"]
    some = ("login", "creation", "logout", "deletion", "unknown")
    rows += [f"2026-11-0{1 + n} 03:04,1.66.123.45,1234,{kind}" for n, kind in enumerate(some)]
    rows += ["2026-11-09 03:04:05,1.66.123.45,1234,login", "2026-11-09 03:04:05,106.72.1.2,1234,login"]
    posts = "url,posted_at,account_id\nhttps://x.com/a/status/1,2026-11-09T03:04:05Z,1234\n"
    with TemporaryDirectory() as folder:
        source, said = Path(folder, "log.csv"), Path(folder, "posts.csv")
        source.write_text("\n".join(rows) + "\n", encoding="utf-8")
        said.write_text(posts, encoding="utf-8")
        made = ipattr.lookup([source], posts=[said], platform="x", as_of=AS_OF, tz="UTC")
    first, *rest = made.rows
    day = msgspec.structs.replace(first.login.instant, precision="day")
    row = msgspec.structs.replace(first, login=msgspec.structs.replace(first.login, instant=day))
    return msgspec.structs.replace(made, rows=(row, *rest))


def hostile() -> Case:
    """Return a case in which accounts, posts, holders and hosts are all called something alive."""
    made = example().case
    name = dict(enumerate(NAMES))
    rows = tuple(
        msgspec.structs.replace(
            row,
            login=msgspec.structs.replace(
                row.login, account=Account(id=None, name=name[row.number % 3 * 7 % len(name)])
            ),
        )
        for row in made.rows
    )
    posts = tuple(
        msgspec.structs.replace(
            post,
            id=post.id if number < len(made.posts) else f"{post.id}-{number}",
            post_id=None,
            url=name[number % len(name)],
            account=Account(),
        )
        for number, post in enumerate(made.posts * 7)
    )
    summary = tuple(
        msgspec.structs.replace(
            entry, name=Text(ja=name[number % len(name)], en=name[-1 - number % len(name) + len(name)])
        )
        for number, entry in enumerate(made.summary)
    )
    sets = {
        key: msgspec.structs.replace(
            one,
            candidates=tuple(
                msgspec.structs.replace(candidate, hosts=(name[number % len(name)],), shared=name[number % len(name)])
                for number, candidate in enumerate(one.candidates)
            ),
        )
        for key, one in made.candidate_sets.items()
    }
    return msgspec.structs.replace(made, rows=rows, posts=posts, summary=summary, candidate_sets=sets)


def texts(figure: Plot) -> list[Drawn]:
    """Return every text of the figure that is not empty."""
    return [text for axes in figure.figure.axes for text in axes.texts if text.get_text()]


def wide(folder: Path, accounts: int) -> Case:
    """Return a case of one login for each of many accounts."""
    source = folder / "wide.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["time", "ip", "account_id"])
        for number in range(accounts):
            writer.writerow([f"2026-11-{1 + number % 20:02}T{number % 24:02}:00:00Z", "1.66.123.45", 1000 + number])
    return ipattr.lookup([source], platform="x", as_of=AS_OF)
