"""From what was read to what the registries say: needs → plan → agreement → answers kept in the case folder."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ipattr.addresses import to_number
from ipattr.case import Asked
from ipattr.coverage import Coverage
from ipattr.errors import RefusedError, UsageError
from ipattr.instants import jst_date
from ipattr.model import Answer, Inquiry, Plan, Record
from ipattr.sources.plan import Need
from ipattr.sources.pocket import Pocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from ipattr.model import Consent, Mode, Outcome, Probe, Reading, SourceName, SpecialBlock
    from ipattr.registry import Registry
    from ipattr.sources.asking import Progress
    from ipattr.sources.interface import Clock
    from ipattr.store import CaseFolder

    Agree = Callable[[Plan, Consent | None], bool]


class Wish(Record, frozen=True, kw_only=True):
    """What the analyst wants of the registries: which sources, how exactly, and how old an answer may be."""

    sources: tuple[SourceName, ...] = ("rdap",)
    mode: Mode = "exact"
    probe: Probe = "block"
    max_age: int | None = None
    refresh: bool = False


class Going(NamedTuple):
    """What carrying out a plan needs of its surroundings; ``closed`` is told the head and the result as it was kept."""

    clock: Clock
    tool_version: str
    agree: Agree
    told: Callable[[Outcome], None] | None = None
    progress: Callable[[Progress], None] | None = None
    dry_run: bool = False
    closed: Callable[[str, bytes], None] | None = None


class Geography:
    """What the offline tables know about where an address lies, as the planner asks it."""

    def __init__(self, registry: Registry) -> None:
        """Take the facts."""
        self._registry = registry

    def special(self, address: str) -> SpecialBlock | None:
        """Return the special-purpose block of an address."""
        return self._registry.specials.find(*to_number(address))

    def area(self, address: str) -> str:
        """Return the regional registry of an address, empty when unknown."""
        area = self._registry.area(*to_number(address))
        return area.registry if area is not None else ""

    def japanese(self, address: str) -> bool | None:
        """Tell whether the announced block is delegated to Japan; None when it is not listed."""
        network = self._registry.network(*to_number(address))
        return None if network is None else any(origin.delegated == "JP" for origin in network.origins)

    def bootstrap(self, address: str) -> str:
        """Return the id of the RDAP server that answers for an address, empty when no listed one does."""
        return self._registry.bootstrap_server(*to_number(address))


def needs_of(reading: Reading, registry: Registry) -> tuple[Need, ...]:
    """Return each distinct address of the logins once: how many rows it stands in, and its earliest login."""
    rows: dict[str, int] = {}
    earliest: dict[str, datetime] = {}
    for event in reading.events:
        address = event.address.line
        rows[address] = rows.get(address, 0) + 1
        if event.instant is not None:
            at = event.instant.utc
            earliest[address] = min(at, earliest.get(address, at))
    return tuple(
        Need(address=address, rows=count, earliest=earliest.get(address), predicted=_announced(address, registry))
        for address, count in rows.items()
    )


def _announced(address: str, registry: Registry) -> str:
    network = registry.network(*to_number(address))
    return network.prefix if network is not None else ""


def plan_inquiry(
    needs: Sequence[Need], wish: Wish, *, registry: Registry, answers: Sequence[Answer], now: datetime
) -> Plan:
    """Return every query that may leave to meet ``needs``, given the answers already held."""
    from ipattr.sources.plan import make_plan

    return make_plan(
        needs,
        mode=wish.mode,
        probe=wish.probe,
        sources=wish.sources,
        servers=registry.servers,
        geography=Geography(registry),
        answers=answers,
        now=now,
        max_age=None if wish.max_age is None else timedelta(days=wish.max_age),
        refresh=wish.refresh,
    )


def covering_consent(plan: Plan, consents: Iterable[Consent], today: date) -> Consent | None:
    """Return a recorded consent that covers all of a plan on that day, None when there is none."""
    for consent in consents:
        fits = set(plan.sources) <= set(consent.sources) and consent.mode in {"any", plan.mode}
        if fits and today <= consent.expires:
            return consent
    return None


def kept_answers(folder: CaseFolder, names: Iterable[str] | None = None) -> tuple[Answer, ...]:
    """Return the answers a case folder keeps, read anew from their raw bytes; only those of ``names`` when given."""
    from ipattr.sources.reading import read_reply

    wanted = None if names is None else set(names)
    return tuple(
        Answer(name=name, exchange=exchange, reply=read_reply(exchange, folder.body(name)))
        for name, exchange in folder.answers()
        if wanted is None or name in wanted
    )


class _Line(msgspec.Struct):
    """What is read here of a journal line about a run, or an answer."""

    details: dict[str, Any] = {}
    name: str = ""


def modes_of(folder: CaseFolder) -> dict[str, Mode]:
    """Return in which mode each kept answer was asked for; an answer outside a run is that of a single question."""
    modes: dict[str, Mode] = {}
    running: Mode = "exact"
    read = msgspec.json.Decoder(_Line).decode
    for entry in folder.entries():
        if entry.kind == "run":
            began = read(entry.payload).details.get("began")
            running = began["mode"] if began else "exact"
        elif entry.kind == "answer":
            modes[read(entry.payload).name] = running
    return modes


def propose(
    needs: Sequence[Need], wish: Wish, *, registry: Registry, folder: CaseFolder, going: Going
) -> tuple[tuple[Answer, ...], Plan]:
    """Return the answers the folder holds and the plan for the rest, once that is agreed to.

    Raise RefusedError when it is not: then nothing has left.
    """
    known = kept_answers(folder)
    now = going.clock()
    plan = plan_inquiry(needs, wish, registry=registry, answers=known, now=now)
    if not going.agree(plan, covering_consent(plan, folder.consents(), jst_date(now))):
        raise RefusedError(
            ja="照会に同意がないので、何も送らなかった。", en="The plan was not agreed to; nothing was sent."
        )
    return known, plan


def pursue(
    plan: Plan, *, registry: Registry, ledger: CaseFolder | Pocket, known: Sequence[Answer], going: Going
) -> tuple[tuple[Answer, ...], Outcome | None]:
    """Ask what a plan says, each query journalled in ``ledger`` before it leaves; return all answers then held.

    A case folder's journal says before them what was agreed to, and after them how it went. The outcome is None when
    nothing had to leave.
    """
    if not plan.queries:
        return tuple(known), None
    from ipattr.sources.asking import ask_now
    from ipattr.sources.live import live

    folder = None if isinstance(ledger, Pocket) else ledger
    if folder is not None:
        folder.run({"began": accounted(plan)})
    fresh, outcome = ask_now(
        plan,
        servers=registry.servers,
        transport=live(clock=going.clock, tool_version=going.tool_version),
        ledger=ledger,
        known=known,
        progress=going.progress,
    )
    if folder is not None:
        folder.run({"ended": msgspec.to_builtins(outcome)})
    if going.told is not None:
        going.told(outcome)
    return (*known, *fresh), outcome


def accounted(plan: Plan) -> dict[str, Any]:
    """Return what the journal says of a plan that was agreed to; its queries follow line by line as they leave."""
    return {
        "mode": plan.mode,
        "probe": plan.probe,
        "sources": plan.sources,
        "queries": len(plan.queries),
        "kept": len(plan.kept),
        "held_back": len(plan.held_back),
    }


def asked_of(
    answers: Sequence[Answer], *, folder: CaseFolder, wish: Wish, plan: Plan | None, outcome: Outcome | None
) -> Asked:
    """Return what ``build_case`` needs to set the registries' answers beside its own verdicts."""
    times = sorted(answer.exchange.received for answer in answers)
    inquiry = Inquiry(
        mode=wish.mode,
        probe=wish.probe,
        sources=wish.sources,
        asked_from=times[0] if times else None,
        asked_until=times[-1] if times else None,
        answers=len(answers),
        planned=outcome.planned if outcome is not None else 0,
        sent=outcome.sent if outcome is not None else 0,
        unanswered=outcome.unanswered if outcome is not None else (),
        journal_head=folder.head,
        case_title=folder.title,
    )
    return Asked(
        coverage=Coverage(answers),
        mode=wish.mode,
        held_back=plan.held_back if plan is not None else (),
        inquiry=inquiry,
    )


def require_going(going: Going | None) -> Going:
    """Return the surroundings; raise UsageError where none were given: a case folder dates everything it keeps."""
    if going is None:
        raise UsageError(
            ja="事件フォルダーと照会には going= が要る(時計と、照会計画への同意)。",
            en="A case folder and asking need going=: a clock, and who agrees to the plan.",
        )
    return going
