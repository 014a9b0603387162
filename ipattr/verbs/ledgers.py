"""The verbs about destinations: candidate sets, and the ledgers they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from ipattr.casework.watching import Watching
    from ipattr.model import (
        CaptureOutcome,
        Confidence,
        DestinationDiff,
        Destinations,
        HostRecord,
        Imported,
        ImportForm,
        NarrowingStep,
    )


def destinations_show(  # noqa: PLR0913 - one argument per option
    platform: str,
    *,
    now: datetime,
    at: Sequence[str] = (),
    log: Sequence[str | Path] = (),
    host: Sequence[str] = (),
    family: Literal[4, 6] | None = None,
    client: Literal["web", "api", "mobile", ""] = "",
    without: Sequence[NarrowingStep] = (),
    ledger: Sequence[Path] = (),
    addressee: str = "",
    tz: str | None = None,
    epoch: Literal["s", "ms"] | None = None,
    encoding: str | None = None,
    form: str | None = None,
    mapping: str | Mapping[str, str] | None = None,
    accept_repairs: bool = False,
    memory: Path | None = None,
    data: Path | None = None,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
) -> Destinations:
    """Return which addresses of a platform come into question at instants, or for every login of a log, offline.

    ``at`` are instants with their zone, or dates in the zone ``tz``; ``log`` are disclosed files, read as
    ``lookup`` reads them; with neither, every address ever observed of a host that a login may go to is listed, as
    seen from ``now`` (aware). ``family`` (IPv4 where none is named; in a list of everything both) and ``client``
    are those of the login asked about, for ``at``; a log states them itself. ``host`` limits the question to hosts,
    ``without`` turns narrowing steps off, ``ledger`` names ledgers of the office, ``addressee`` (a provider id)
    whose own word for the address is used. Raise UsageError, InputError, DataError, StoreError.
    """
    from ipattr.casework.candidates import Asked, for_instants, for_log
    from ipattr.errors import UsageError
    from ipattr.inputs import Declared, Material
    from ipattr.instants import jst_date
    from ipattr.registry import open_registry

    registry = open_registry(data)
    listing = not at and not log and family is None
    asked = Asked(
        platform=platform,
        hosts=tuple(host),
        ledgers=tuple(ledger),
        without=tuple(dict.fromkeys((*without, "family"))) if listing else tuple(without),
        client=client,
        addressee=addressee,
    )
    if not log:
        return for_instants(at, asked, tz=tz, family=family or 4, registry=registry, now=now)
    if at or client or family is not None:
        raise UsageError(
            ja="--log のときは、日時、IPの版、端末の種類はログによる。--at、--family、--client とは併用できない。",
            en="With --log the log itself states times, IP versions and clients; leave out --at, --family, --client.",
        )
    material = Material(
        inputs=tuple(log),
        platform=platform,
        declared=Declared(
            tz=tz,
            epoch=epoch,
            encoding=encoding,
            form=form,
            mapping=mapping,
            memory=memory,
            accept_repairs=accept_repairs,
        ),
    )
    return for_log(material, asked, registry=registry, as_of=jst_date(now), stdin=stdin, progress=progress)


def destinations_diff(
    platform: str,
    first: str,
    second: str,
    *,
    host: Sequence[str] = (),
    ledger: Sequence[Path] = (),
    tz: str | None = None,
    data: Path | None = None,
) -> DestinationDiff:
    """Return what changed for a platform between two instants (or dates in the zone ``tz``), host by host."""
    from ipattr.casework.candidates import Asked, between
    from ipattr.registry import open_registry

    asked = Asked(platform=platform, hosts=tuple(host), ledgers=tuple(ledger))
    return between(first, second, asked, tz=tz, registry=open_registry(data))


def destinations_capture(  # noqa: PLR0913 - one argument per option
    platforms: Sequence[str],
    *,
    ledger: Path,
    going: Watching,
    host: Sequence[str] = (),
    resolver: Sequence[str] = (),
    authoritative: bool = False,
    types: Sequence[HostRecord] = ("A", "AAAA", "HTTPS"),
    rounds: int = 2,
    subnet: str = "",
    vantage: str = "",
    every_host: bool = False,
    rate: float | None = None,
    seconds: float = 5.0,
    title: str = "",
    roots: Path | None = None,
    every: str | None = None,
    until: str | None = None,
    tz: str | None = None,
    data: Path | None = None,
) -> CaptureOutcome:
    """Ask every resolver about every host of the platforms and append the answers to ``ledger``, made where none is.

    ``platforms`` are ids or ``all``; ``resolver`` as written on the command line, the system's where none is named;
    ``rate`` is queries per second and resolver, ``seconds`` the deadline of one answer; ``roots`` a PEM file of further
    certificates for DoT and DoH. With ``every`` (``30m``, ``6h``, ``1d``) rounds follow until ``until`` (an instant, or
    a date in the zone ``tz``), and a round that cannot be kept is told and left out; the last outcome is returned.
    Raise RefusedError when ``going.agree`` says no, UsageError, StoreError when an answer cannot be kept.
    """
    from ipattr.casework.watching import Watch, keep_watch
    from ipattr.registry import open_registry

    watch = Watch(
        platforms=tuple(platforms),
        resolvers=tuple(resolver),
        hosts=tuple(host),
        types=tuple(types),
        rounds=rounds,
        subnet=subnet,
        every_host=every_host,
        authoritative=authoritative,
        seconds=seconds,
        per_second=rate,
        vantage=vantage,
        title=title,
        roots=roots,
        every=every,
        until=until,
        tz=tz,
    )
    return keep_watch(ledger, watch, registry=open_registry(data), going=going)


def destinations_import(  # noqa: PLR0913 - one argument per option
    platform: str,
    files: Sequence[Path],
    *,
    ledger: Path,
    now: datetime,
    form: ImportForm,
    source: str,
    confidence: Confidence = "low",
    observed_at: str = "",
    vantage: str = "",
    zone: str = "",
    data: Path | None = None,
) -> tuple[Imported, ...]:
    """Keep what others saw of a platform in ``ledger``, made where none is, and return what each file says, screened.

    ``source`` says who saw it, ``confidence`` how far to trust them, ``vantage`` from where; ``observed_at`` (a date or
    an instant) dates a hosts or zone file, ``zone`` is the origin of the latter. ``now`` is when it is taken in. Raise
    InputError for a file that cannot be read, StoreError for one that the ledger holds already.
    """
    from ipattr.casework.batches import Taking
    from ipattr.casework.taking import take_in
    from ipattr.registry import open_registry

    taking = Taking(
        platform=platform,
        form=form,
        source=source,
        confidence=confidence,
        observed_at=observed_at,
        vantage=vantage,
        zone=zone,
    )
    registry = open_registry(data)
    return tuple(take_in(ledger, file, taking, registry=registry, clock=lambda: now) for file in files)


__all__ = ["destinations_capture", "destinations_diff", "destinations_import", "destinations_show"]
