"""What was asked and answered, found again by address: one answer per server, the most authoritative first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from ipattr.addresses import prefix_range, to_number
from ipattr.registration.names import Facts, listed_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ipattr.coverage import Coverage, Covered
    from ipattr.model import (
        Answer,
        Basis,
        HeldBack,
        HistoryRecord,
        Inquiry,
        Mode,
        RegistryServer,
        RouteOrigin,
        Unanswered,
    )

T = TypeVar("T")
BASES: tuple[Basis, ...] = ("direct", "exact-block", "inferred")
JPNIC, MIRROR, RDAP, WHOIS = range(4)
_BITS = {4: 32, 6: 128}


class Asked(NamedTuple):
    """What an inquiry brought: the answers by range, what stayed open, and how it was asked.

    ``unanswered`` are those of ``inquiry`` where none are given.
    """

    coverage: Coverage
    mode: Mode
    inquiry: Inquiry
    unanswered: tuple[Unanswered, ...] = ()
    held_back: tuple[HeldBack, ...] = ()


class ServedFacts(Facts, Protocol):
    """The tables of names, and the servers that were asked."""

    @property
    def servers(self) -> Mapping[str, RegistryServer]:
        """The servers by id."""


class Said(NamedTuple):
    """Everything that bears on one address. ``found`` holds one answer per server, in order of authority.

    ``narrower`` pairs a chosen answer with another of its server that names a narrower block; ``histories`` come
    with those of their records whose block holds the address; ``routing`` are the answers that ``origins``, the
    longest announced prefix, stand in.
    """

    found: tuple[Covered, ...]
    narrower: tuple[tuple[Answer, Answer], ...]
    histories: tuple[tuple[Covered, tuple[HistoryRecord, ...]], ...]
    missing: tuple[Covered, ...]
    origins: tuple[RouteOrigin, ...]
    routing: tuple[Answer, ...]
    pointers: tuple[Answer, ...]
    unanswered: tuple[Unanswered, ...]
    held_back: tuple[HeldBack, ...]


class Blocks(Generic[T]):
    """Values under addresses and prefixes, found for every address inside."""

    def __init__(self) -> None:
        """Begin empty."""
        self._shelves: dict[tuple[int, int], dict[int, list[T]]] = {}

    def add(self, block: str, value: T) -> None:
        """Put ``value`` under an address or a prefix; a block that is neither (an AS number) is passed over."""
        try:
            version, first, last = prefix_range(block) if "/" in block else (*to_number(block), -1)
        except ValueError:
            return
        host_bits = 0 if last < 0 else (last - first).bit_length()
        self._shelves.setdefault((version, host_bits), {}).setdefault(first >> host_bits, []).append(value)

    def covering(self, version: int, number: int) -> list[tuple[int, T]]:
        """Return (host bits of the block, value) for every block that holds the address, the narrowest first."""
        return [
            (host_bits, value)
            for (kind, host_bits), shelf in sorted(self._shelves.items(), key=lambda item: item[0])
            if kind == version
            for value in shelf.get(number >> host_bits, ())
        ]


class Inquired:
    """One inquiry as :func:`ipattr.registration.register` reads it; equal addresses are looked up once."""

    def __init__(self, asked: Asked, *, facts: ServedFacts) -> None:
        """Sort what stayed open and what was held back by address, and take the listed names from the facts."""
        self.mode = asked.mode
        self.names = listed_names(facts)
        self._coverage = asked.coverage
        self._mirrors = {text for s in facts.servers.values() if s.mirrors for text in (s.id, s.host)}
        self._open: Blocks[Unanswered] = Blocks()
        self._held: dict[str, list[HeldBack]] = {}
        self._known: dict[str, Said] = {}
        unanswered = asked.unanswered or asked.inquiry.unanswered
        for entry in sorted(unanswered, key=lambda one: (one.question.key, one.server)):
            self._open.add(entry.question.subject, entry)
        for held in asked.held_back:
            self._held.setdefault(held.address, []).append(held)
        self.empty = not (asked.inquiry.answers or unanswered or asked.held_back)

    def of(self, address: str) -> Said:
        """Return everything that bears on ``address`` (canonical text)."""
        if address not in self._known:
            self._known[address] = self._gather(address)
        return self._known[address]

    def rank(self, answer: Answer) -> int:
        """Return the place of an answer's server: JPNIC, the mirror of a national registry, RDAP, WHOIS."""
        source = answer.exchange.question.source
        if source == "jpnic":
            return JPNIC
        if source == "whois":
            return WHOIS
        return MIRROR if {answer.exchange.server, server_name(answer)} & self._mirrors else RDAP

    def _gather(self, address: str) -> Said:
        version, number = to_number(address)
        by_kind: dict[str, list[Covered]] = {}
        for covered in self._coverage.of(address):
            by_kind.setdefault(covered.answer.exchange.question.kind, []).append(covered)
        blocks = by_kind.get("ip", [])
        found, narrower = self._found([c for c in blocks if c.answer.reply.network is not None])
        longest = _longest(by_kind.get("origin", ()), version, number)
        return Said(
            found=found,
            narrower=narrower,
            histories=tuple(
                (covered, tuple(r for r in covered.answer.reply.history if _holds(r, version, number)))
                for covered in _per_server(by_kind.get("history", ()))
            ),
            missing=_per_server([c for c in blocks if c.answer.reply.status == "not-found"]),
            origins=tuple(sorted({o for _, o in longest}, key=lambda o: (o.asn, o.name, o.at))),
            routing=tuple(sorted({a.name: a for a, _ in longest}.values(), key=lambda a: a.name)),
            pointers=tuple(c.answer for c in _per_server(by_kind.get("ptr", ())) if c.basis == "direct"),
            unanswered=tuple(entry for _, entry in self._open.covering(version, number)),
            held_back=tuple(self._held.get(address, ())),
        )

    def _found(self, blocks: Sequence[Covered]) -> tuple[tuple[Covered, ...], tuple[tuple[Answer, Answer], ...]]:
        """Choose one answer per server; pair it with another of that server that names a narrower block, if any."""
        by_server: dict[tuple[str, str], list[Covered]] = {}
        for covered in blocks:
            by_server.setdefault(_service(covered.answer), []).append(covered)
        chosen: list[Covered] = []
        narrower: list[tuple[Answer, Answer]] = []
        for some in by_server.values():
            best = min(some, key=_preference)
            chosen.append(best)
            least = min((c.answer for c in some), key=lambda answer: (size(answer), answer.name))
            if best.basis != "inferred" and size(least) < size(best.answer):
                narrower.append((best.answer, least))
        chosen.sort(key=lambda c: (not names_holder(c.answer), self.rank(c.answer), size(c.answer), c.answer.name))
        return tuple(chosen), tuple(sorted(narrower, key=lambda pair: pair[0].name))


def server_name(answer: Answer) -> str:
    """Return the host that gave the answer (after redirects), without its port."""
    hops = answer.exchange.hops
    return hops[-1].server.rpartition(":")[0] or hops[-1].server if hops else answer.exchange.server


def _service(answer: Answer) -> tuple[str, str]:
    """Return what one server is: its host may offer more than one service (RDAP and WHOIS, JPNIC and another)."""
    exchange = answer.exchange
    return exchange.question.source, exchange.hops[-1].server if exchange.hops else exchange.server


def size(answer: Answer) -> int:
    """Return how many addresses the answered block holds, less one."""
    network = answer.reply.network
    return to_number(network.last)[1] - to_number(network.first)[1] if network is not None else 0


def names_holder(answer: Answer) -> bool:
    """Tell whether an answer says more than that another registry knows: such an answer never becomes the holder."""
    network = answer.reply.network
    return network is not None and bool(network.holders or not network.refers_to)


def _preference(covered: Covered) -> tuple[int, float, float, str]:
    """Order one server's answers: asked directly, the newest of those; else the narrowest block, then the newest."""
    answer = covered.answer
    age, block = -answer.exchange.received.timestamp(), float(size(answer))
    first, second = (age, block) if covered.basis == "direct" else (block, age)
    return (BASES.index(covered.basis), first, second, answer.name)


def _per_server(some: Iterable[Covered]) -> tuple[Covered, ...]:
    """Return one answer per server: asked directly before others, then the newest."""
    chosen: dict[tuple[str, str], Covered] = {}
    for covered in sorted(
        some,
        key=lambda c: (BASES.index(c.basis), -c.answer.exchange.received.timestamp(), c.answer.name),
    ):
        chosen.setdefault(_service(covered.answer), covered)
    return tuple(sorted(chosen.values(), key=lambda covered: covered.answer.name))


def _holds(record: HistoryRecord, version: int, number: int) -> bool:
    """Tell whether the block of a record holds the address: a history also lists what lies around and inside it."""
    network = record.network
    if network is None or network.version != version:
        return False
    return to_number(network.first)[1] <= number <= to_number(network.last)[1]


def _longest(some: Iterable[Covered], version: int, number: int) -> list[tuple[Answer, RouteOrigin]]:
    """Return the origins of the longest announced prefix that holds the address, each with its answer."""
    routes: Blocks[tuple[Answer, RouteOrigin]] = Blocks()
    for covered in some:
        for origin in covered.answer.reply.origins:
            routes.add(origin.prefix, (covered.answer, origin))
    held = routes.covering(version, number)
    return [pair for bits, pair in held if bits == held[0][0]]
