"""The verbs of filings: the documents made of a case, and the plan that beats the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path
    from typing import Literal

    from ipattr.model import Case, Span, Timetable
    from ipattr.planning import Served
    from ipattr.registry import Registry
    from ipattr.renderers.filings.files import Kind
    from ipattr.renderers.filings.material import Filing, MaskItem, Material


def filings(  # noqa: PLR0913 - one argument per option
    result: Case | str | Path,
    *,
    kinds: Sequence[Kind],
    lang: str = "ja",
    dated: date | None = None,
    dates: Literal["western", "reiwa"] = "reiwa",
    full_width: bool = False,
    addressee: Sequence[str] = (),
    mask: Sequence[MaskItem] | None = None,
    template: Path | None = None,
    first_number: int | None = None,
    branch_of: int | None = None,
    party: str = "甲",
    data: Path | None = None,
    stdin: BinaryIO | None = None,
    told: Callable[[int, int, str], object] | None = None,
) -> Filing:
    """Return the files of a filing, by path below the folder they go into, without another look-up.

    ``result`` is a case, the JSON file of one, or a case folder (whose registry answers become exhibits). ``kinds`` are
    ``docx``, ``pdf``, ``xlsx``, ``html``, ``md``, ``ics``. Word and PDF are sets of documents per addressee, in
    Japanese: ``dated`` is the date they bear (the case's as-of date when None), ``dates`` and ``full_width`` how times
    and addresses are written, ``addressee`` the provider ids they are limited to, ``mask`` what the copy for the
    opinion inquiry hides, ``template`` an office's own Word file for the schedules. Exhibit numbers as in ``exhibits``.
    ``told`` is told of each file before it is made: how many are made, how many there will be, its path.
    The same arguments give the same bytes. Raise InputError, DataError, StoreError, and UsageError for what contradicts
    itself.
    """
    from ipattr.registry import open_registry
    from ipattr.renderers.exhibits import refuse_numbering
    from ipattr.renderers.filings.files import files
    from ipattr.renderers.filings.material import MASKED, Filing, Wish

    refuse_numbering(first_number, branch_of, party)
    registry = open_registry(data)
    material = _material(result, registry=registry, stdin=stdin)
    wish = Wish(
        dated=dated or material.case.as_of,
        dates=dates,
        full_width=full_width,
        party=party,
        first_number=first_number,
        branch_of=branch_of,
        only=tuple(addressee),
        mask=MASKED if mask is None else tuple(mask),
        template=_template(template),
        template_name=str(template) if template else "",
    )
    made = tuple(files(material, wish, kinds=kinds, lang=lang, told=told))
    return Filing(made, material.case, registry.data_version)


def plan(  # noqa: PLR0913 - one argument per option
    result: Case | str | Path | None = None,
    *,
    as_of: date,
    start: date | None = None,
    served: Sequence[Served] = (),
    route: Sequence[str] = (),
    post: Sequence[date] = (),
    retention: Sequence[Span] = (),
    platform: str = "x",
    data: Path | None = None,
    stdin: BinaryIO | None = None,
) -> Timetable:
    """Return the plan for the logins of a case, or for logins assumed on the days of posts: arithmetic, not advice.

    ``result`` as in ``filings``. ``as_of`` is the JST date days are counted from, ``start`` the day on which a route
    begins (``as_of`` when None), ``served`` the days on which a preservation letter is taken to be with a provider
    (every provider where none is named), ``route`` the ids of the routes to be shown (all when empty). Without a case,
    ``post`` are the JST days of posts, and for each one login on that day is assumed per period in ``retention``, at
    ``platform``. Raise InputError, DataError, StoreError, and UsageError for what contradicts itself or names an
    unknown route.
    """
    from ipattr.errors import UsageError
    from ipattr.inputs import find_platform
    from ipattr.planning import assumed_logins, logins_of
    from ipattr.planning import plan as work_out
    from ipattr.registry import open_registry
    from ipattr.version import __version__

    registry = open_registry(data)
    if (result is None) == (not post):
        raise UsageError(
            ja="結果(CASE)か、投稿の日(--post)と保存期間(--retention)のどちらか一方を指定されたい。",
            en="Name either a result (CASE), or days of posts (--post) with retention periods (--retention).",
        )
    if bool(post) != bool(retention):
        raise UsageError(
            ja="--post には --retention(仮定する保存期間、例 3m)が要る。保存期間は推測しない。",
            en="--post and --retention (the period assumed, such as 3m) go together: no period is guessed.",
        )
    for letter in served:
        if letter.provider and letter.provider not in registry.providers:
            raise UsageError(
                ja=f"収録されている提供者の ID ではない: {letter.provider}",
                en=f"This is the id of no listed provider: {letter.provider}",
                where="--served",
            )
    if result is None:
        known = find_platform(registry, platform)
        logins = assumed_logins(post, retention, calendar=registry.calendar, as_of=as_of)
        named, made, posts = known.id if known else platform, "", tuple(post)
    else:
        case = _material(result, registry=registry, stdin=stdin).case
        logins, named, made = logins_of(case), case.platform, case.data_version
        posts = _posted(case)
    return work_out(
        logins,
        procedures=registry.procedures,
        routes=registry.routes,
        platform=named,
        calendar=registry.calendar,
        as_of=as_of,
        start=start or as_of,
        served=tuple(served),
        only=tuple(route),
        tool_version=__version__,
        data_version=registry.data_version,
        case_data_version=made,
        posts=posts,
    )


def _posted(case: Case) -> tuple[date, ...]:
    from ipattr.instants import jst_date

    return tuple(sorted({jst_date(post.instant.utc) for post in case.posts}))


def _material(result: Case | str | Path, *, registry: Registry, stdin: BinaryIO | None) -> Material:
    """Return a case with its ranking, the facts its documents name, and the answers where a folder keeps them."""
    from pathlib import Path as File

    from ipattr.model import Case as Document
    from ipattr.planning import rank
    from ipattr.renderers.filings.material import Facts, Material
    from ipattr.verbs.logs import STDIN, load_case

    facts = Facts(
        providers=registry.providers,
        platforms=registry.platforms,
        citations=registry.citations,
        sheets=registry.sheets,
        calendar=registry.calendar,
        data_version=registry.data_version,
    )
    if isinstance(result, Document):
        return Material(case=result, facts=facts, ranking=rank(result))
    place = str(result)
    if place != STDIN and File(place).is_dir():
        from ipattr.casework.custody import behind

        found = behind(File(place), registry=registry)
        return Material(
            case=found.case,
            facts=facts,
            ranking=rank(found.case),
            exhibits=found.exhibits,
            head=found.head,
            source=File(place).resolve().name,
        )
    case = load_case(place, stdin=stdin)
    return Material(case=case, facts=facts, ranking=rank(case), source="" if place == STDIN else File(place).name)


def _template(path: Path | None) -> bytes | None:
    from ipattr.inputs import unopened

    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise unopened(error, str(path)) from None
