"""The commands about destinations: candidate sets, and the ledgers they rest on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import click

from ipattr import console
from ipattr.cli.group import commands
from ipattr.cli.page import Page
from ipattr.cli.pieces import (
    DONE,
    data_option,
    declared_options,
    exit_code,
    given,
    lang_option,
    ledger_options,
    memory,
    output_into,
    path,
    t,
)
from ipattr.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from ipattr.model import NarrowingStep

_HOST = re.compile(
    r"(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII
)
_READING = ("--epoch", "--encoding", "--form", "--map", "--accept-repairs")


class _WithDefault(click.Group):
    """A group whose first argument may be a platform: ``destinations x`` is ``destinations show x``."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        if not args:
            raise UsageError(
                ja="プラットフォーム(ipattr destinations x --at 2025-03-10T23:00Z)か、show、diff、capture、import の"
                "いずれかを指定されたい。使い方は ipattr destinations --help に示す。",
                en="Name a platform (ipattr destinations x --at 2025-03-10T23:00Z), or one of show, diff, capture and "
                "import; ipattr destinations --help tells more.",
            )
        if args[0] not in self.commands and args[0] not in context.help_option_names:
            args = ["show", *args]
        return super().parse_args(context, args)


@commands.group(
    "destinations",
    cls=_WithDefault,
    help=t(
        "接続先IPアドレスの候補と、根拠となる観測の台帳。destinations x --at … は destinations show x --at … に同じ。",
        "Candidate destination addresses, and the ledgers of observations they rest on; "
        "`destinations x --at …` is `destinations show x --at …`.",
    ),
)
def destination_commands() -> None:
    """Hold the commands about destinations."""


host_option = click.option(
    "--host",
    multiple=True,
    metavar="NAME",
    help=t("このホストに限る(繰り返してよい)。", "Only this host; may be repeated."),
)
tz_option = click.option(
    "--tz", metavar="Z", help=t("日時に時間帯の記載がないときの時間帯。", "Zone of times that carry none.")
)


@destination_commands.command(
    "show",
    help=t(
        "ある日時、またはログの各ログインについて、接続先の候補を示す。通信しない。どちらもなければ観測の一覧。",
        "Show the candidates at an instant, or for each login of a log, offline; with neither, all observed.",
    ),
)
@click.argument("platform", metavar="PLATFORM")
@click.option(
    "--at",
    multiple=True,
    metavar="INSTANT|DATE",
    help=t(
        "日時(2025-03-10T23:00Z、「2025-03-11 08:00 JST」、令和も可。繰り返してよい)。"
        "時間帯のない日時と日付だけには --tz が要る。",
        "Instant (2025-03-10T23:00Z, '2025-03-11 08:00 JST'); may be repeated. A date, or a time without zone, "
        "needs --tz.",
    ),
)
@click.option("--log", multiple=True, metavar="LOG", help=t("開示されたログ。- は標準入力。", "Disclosed log."))
@host_option
@click.option(
    "--family",
    type=click.Choice(["4", "6"]),
    help=t("--at のログインのIPの版(既定は4)。", "IP version of the login asked about with --at; default: 4."),
)
@click.option(
    "--client",
    type=click.Choice(["web", "api", "mobile"]),
    help=t("--at のログインの端末の種類。", "Kind of client of the login asked about with --at."),
)
@ledger_options
@click.option(
    "--for",
    "addressee",
    default="",
    metavar="PROVIDER",
    help=t(
        "この提供者の用語で書く(docomo は受信元IPアドレス)。",
        "Use this provider's own word for the address (docomo: 受信元IPアドレス).",
    ),
)
@declared_options
@data_option
@click.option(
    "--format",
    "to",
    type=click.Choice(["auto", "table", "json", "csv", "md", "clause"]),
    default="auto",
    show_default=True,
    help=t("clause は書面に入れる文言。", "clause: wording for filings."),
)
@click.option("--full-width", is_flag=True, help=t("clause の数字を全角にする。", "Full-width digits in a clause."))
@lang_option
@output_into(".txt", ".md", ".csv", ".json")
def show(  # noqa: PLR0913 - one argument per option
    *,
    platform: str,
    at: tuple[str, ...],
    log: tuple[str, ...],
    host: tuple[str, ...],
    family: str | None,
    client: Literal["web", "api", "mobile"] | None,
    ledger: tuple[str, ...],
    without: tuple[NarrowingStep, ...],
    addressee: str,
    tz: str | None,
    epoch: Literal["s", "ms"] | None,
    encoding: str | None,
    form: str | None,
    mapping: str | None,
    accept_repairs: bool,
    data: str | None,
    to: str,
    full_width: bool,
    lang: str | None,
    output: str | None,
) -> int:
    """Run ``ipattr.destinations_show`` and print the document."""
    from pathlib import Path

    from ipattr import verbs
    from ipattr.registry import open_registry
    from ipattr.renderers.destinations import render

    if full_width and to != "clause":
        raise UsageError(ja="--full-width は --format clause とともに使う。", en="--full-width is for --format clause.")
    idle = given(_READING)
    if idle and not log:
        raise UsageError(ja=f"{'、'.join(idle)} は --log とともに使う。", en=f"{', '.join(idle)}: only with --log.")
    page = page_of(to, lang=lang, output=output, inputs=log, formats=("table", "json", "csv", "md", "clause"))
    with console.Progress(page.lang) as progress:
        found = verbs.destinations_show(
            platform_id(platform),
            now=now(),
            at=at,
            log=log,
            host=host_names(host),
            family={"4": 4, "6": 6}[family] if family else None,  # type: ignore[arg-type]  # the two of the choice
            client=client or "",
            without=without,
            ledger=[Path(name) for name in ledger],
            addressee=addressee,
            tz=tz,
            epoch=epoch,
            encoding=encoding,
            form=form,
            mapping=mapping,
            accept_repairs=accept_repairs,
            memory=memory(),
            data=path(data),
            stdin=console.standard_input(),
            progress=progress.tell,
        )
    page.write(
        render(
            found,
            to=page.to,
            lang=page.lang,
            columns=page.columns,
            full_width=full_width,
            color=page.color,
            citations=open_registry(path(data)).citations,
        )
    )
    if found.counts is not None:
        page.remark(found.inputs, found.counts, found.findings)
    return exit_code(found.counts, found.findings)


@destination_commands.command(
    "diff", help=t("二つの日時の間に何が変わったかを示す。", "Show what changed between two instants.")
)
@click.argument("platform", metavar="PLATFORM")
@click.argument("first", metavar="D1")
@click.argument("second", metavar="D2")
@host_option
@click.option("--ledger", multiple=True, metavar="DIR", help=t("事務所の台帳。", "A ledger of the office."))
@tz_option
@data_option
@click.option(
    "--format",
    "to",
    type=click.Choice(["auto", "table", "json", "csv", "md"]),
    default="auto",
    show_default=True,
)
@lang_option
@output_into(".txt", ".md", ".csv", ".json")
def diff(  # noqa: PLR0913 - one argument per option
    *,
    platform: str,
    first: str,
    second: str,
    host: tuple[str, ...],
    ledger: tuple[str, ...],
    tz: str | None,
    data: str | None,
    to: str,
    lang: str | None,
    output: str | None,
) -> int:
    """Run ``ipattr.destinations_diff`` and print it."""
    from pathlib import Path

    from ipattr import verbs
    from ipattr.renderers.destinations import render_diff

    page = page_of(to, lang=lang, output=output, formats=("table", "json", "csv", "md"))
    found = verbs.destinations_diff(
        platform_id(platform),
        first,
        second,
        host=host_names(host),
        ledger=[Path(name) for name in ledger],
        tz=tz,
        data=path(data),
    )
    page.write(render_diff(found, to=page.to, lang=page.lang, columns=page.columns))
    return DONE


def page_of(
    to: str,
    *,
    lang: str | None,
    output: str | None,
    formats: tuple[str, ...],
    inputs: tuple[str, ...] = (),
    case: str | None = None,
) -> Page:
    """Return where and how a document about destinations goes out."""
    return Page(to=to, lang=lang, output=output, pretty=False, inputs=inputs, case=case, formats=formats)


def platform_id(typed: str) -> str:
    """Return the id of a platform as typed: ids are in lower case, people write X."""
    return typed.strip().lower()


def host_names(typed: tuple[str, ...]) -> tuple[str, ...]:
    """Return host names in lower case without the final dot, each once; UsageError for what is none, such as a URL."""
    names = {name: name.strip().lower().removesuffix(".") for name in typed}
    for name, host in names.items():
        if not _HOST.fullmatch(host):
            raise UsageError(
                ja="ホスト名ではない。x.com のように、ホスト名だけを書く。",
                en="This is no host name; write it alone, as in x.com.",
                where=f"--host {name}",
            )
    return tuple(dict.fromkeys(names.values()))


def now() -> datetime:
    """Return the present instant: the one place here that reads the clock."""
    from datetime import UTC, datetime

    return datetime.now(UTC)
