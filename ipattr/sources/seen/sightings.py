"""What the rows of one file say once read: names with addresses, names with aliases, and what ties them together.

An answer for a host that is an alias (CNAME, RFC 1034 section 3.6.2) stands in others' records as two rows or more:
host to alias, alias to address. An address of the alias was an answer for the host only while both were so.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.addresses import to_number, to_text
from ipattr.errors import InputError
from ipattr.sources.seen.faults import fault, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipattr.model import Refusal

LONGEST_CHAIN = 16
_MOST_STEPS = 1_000_000
RECORDS: dict[Literal["A", "AAAA"], int] = {"A": 4, "AAAA": 6}


class Span(NamedTuple):
    """From the first to the last time something was seen, in Unix seconds, both included."""

    first: int
    last: int

    def both(self, other: Span) -> Span | None:
        """Return when both were so, None when never."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


class Alias(NamedTuple):
    """One row that says that a name is an alias of ``target``."""

    row: int
    target: str
    span: Span


class Seen(NamedTuple):
    """One address of one name as one row has it; ``often`` is how often, ``remark`` what else the row says."""

    row: int
    rrtype: Literal["A", "AAAA"]
    address: str
    span: Span
    often: int | None
    vantage: str
    remark: str = ""


class Sighting(NamedTuple):
    """One address of one host; ``chain`` are the aliases on the way, ``through`` the rows that say so."""

    host: str
    seen: Seen
    span: Span
    chain: tuple[str, ...]
    through: tuple[int, ...]


def canonical(rrtype: Literal["A", "AAAA"], text: object) -> str | Refusal:
    """Return the address of an A or AAAA record in canonical text (RFC 5952), else why it is none."""
    try:
        version, number = to_number(text) if isinstance(text, str) else (0, 0)
    except ValueError:
        version, number = 0, 0
    if version == RECORDS[rrtype]:
        return to_text(version, number)
    given = quoted(text) if isinstance(text, str) else type(text).__name__
    return fault(
        "IPA636",
        f"{rrtype} レコードの値「{given}」は IPv{RECORDS[rrtype]} アドレスではない。",
        f"The {rrtype} record holds {given}, which is no IPv{RECORDS[rrtype]} address.",
    )


class Book:
    """The rows of one file by name: what was seen of each, and of what it is an alias."""

    def __init__(self) -> None:
        """Begin without a row."""
        self._seen: dict[str, list[Seen]] = defaultdict(list)
        self._aliases: dict[str, list[Alias]] = defaultdict(list)
        self._steps = 0

    def add(self, name: str, seen: Seen) -> None:
        """Note one address of a name."""
        self._seen[name].append(seen)

    def tie(self, name: str, alias: Alias) -> None:
        """Note that a name is an alias."""
        self._aliases[name].append(alias)

    def sightings(self, hosts: Iterable[str]) -> Iterator[Sighting]:
        """Give every address of each host: its own, then those of its aliases while all links were so.

        InputError when the aliases of the file combine to more than a million steps, which no honest file does.
        """
        for host in sorted(hosts):
            for seen in self._seen.get(host, ()):
                yield Sighting(host, seen, seen.span, (), ())
            yield from self._through(host)

    def _through(self, host: str) -> Iterator[Sighting]:
        pending: list[tuple[tuple[Alias, ...], Span]] = [
            ((alias,), alias.span) for alias in reversed(self._aliases.get(host, ()))
        ]
        while pending:
            path, span = pending.pop()
            self._step()
            chain = tuple(alias.target for alias in path)
            if chain[-1] == host or chain[-1] in chain[:-1]:
                continue
            for seen in self._seen.get(chain[-1], ()):
                self._step()
                both = span.both(seen.span)
                if both is not None:
                    yield Sighting(host, seen, both, chain, tuple(alias.row for alias in path))
            if len(path) < LONGEST_CHAIN:
                for alias in reversed(self._aliases.get(chain[-1], ())):
                    self._step()
                    both = span.both(alias.span)
                    if both is not None:
                        pending.append(((*path, alias), both))

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise InputError(
                ja=f"別名(CNAME)の組合せが {_MOST_STEPS} 通りを超える。ホストごとにファイルを分けられたい。",
                en=f"The aliases (CNAME) of this file combine in more than {_MOST_STEPS} ways; split it by host.",
            )
