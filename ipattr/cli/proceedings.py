"""The commands that make something of a result: another format, the documents of a filing, the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from ipattr import console
from ipattr.cli import filing
from ipattr.cli.group import commands
from ipattr.cli.page import Page, refuse_inside
from ipattr.cli.pieces import (
    DONE,
    data_option,
    day,
    exit_code,
    given,
    lang_option,
    output_into,
    path,
    pretty_option,
    t,
    today,
)
from ipattr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Span
    from ipattr.planning import Served

ASSUMING = ("--post", "--retention", "--platform")


@commands.command(
    help=t(
        "保存した結果(JSON、または事件フォルダーの最後の結果)を別の形式で出す。--to は提出用の文書をフォルダーに作る。",
        "Print a saved result (JSON, or the last one of a case folder) in another format; --to makes the documents of "
        "a filing in a folder.",
    )
)
@click.argument("result", metavar="CASE.json|DIR")
@click.option(
    "--to",
    "kinds",
    metavar="KINDS",
    help=t(
        "作る文書(docx,pdf,xlsx,html,md,ics をカンマで並べる)。-o はフォルダー。",
        "Documents to make (docx,pdf,xlsx,html,md,ics, joined by commas); -o is a folder.",
    ),
)
@click.option(
    "--format",
    "to",
    type=click.Choice(["auto", "table", "json", "jsonl", "csv"]),
    default="auto",
    show_default=True,
)
@click.option(
    "--exhibits",
    is_flag=True,
    help=t(
        "結果の根拠となった登録機関の回答を、書証用の頁(HTML、A4)にする。DIR に限る。",
        "Make the registry answers behind the result into pages for exhibits (HTML, A4); DIR only.",
    ),
)
@click.option(
    "--number",
    "first_number",
    type=click.IntRange(min=1),
    metavar="N",
    help=t("号証の番号の始まり(甲第N号証)。", "First exhibit number (甲第N号証)."),
)
@click.option(
    "--branch-of",
    type=click.IntRange(min=1),
    metavar="N",
    help=t("枝番にする(甲第N号証の1 から)。", "Number them as branches (甲第N号証の1 …)."),
)
@click.option(
    "--party",
    default="甲",
    show_default=True,
    help=t("号証の符号(甲、乙、疎甲)。", "Letter of the party (甲, 乙, 疎甲)."),
)
@click.option(
    "--dated",
    metavar="D",
    help=t("文書の作成日(既定は結果の基準日)。", "Date the documents bear; default: the as-of date of the result."),
)
@click.option(
    "--dates",
    type=click.Choice(["reiwa", "western"]),
    default="reiwa",
    show_default=True,
    help=t("日付の書き方。", "How dates are written in Word and PDF."),
)
@click.option(
    "--full-width",
    is_flag=True,
    help=t("日時とアドレスを全角で書く(Word、PDF)。", "Write times and addresses full-width (Word, PDF)."),
)
@click.option(
    "--for",
    "addressee",
    multiple=True,
    metavar="ID",
    help=t("この提供者の分だけを作る(Word、PDF)。", "Only for this provider (Word, PDF)."),
)
@click.option(
    "--mask",
    metavar="ITEMS",
    help=t(
        "意見照会用の写しで隠すもの(ip,port,destination,account,url、none。既定は url 以外)。",
        "What the copy for the opinion inquiry hides (ip,port,destination,account,url, or none; default: all but url).",
    ),
)
@click.option(
    "--template",
    metavar="F.docx",
    help=t("目録に事務所の書式(差込み欄のある .docx)を使う。", "An office's own .docx with placeholders."),
)
@click.option(
    "--overwrite",
    is_flag=True,
    help=t("手で直された文書も上書きする。", "Replace documents that were edited by hand, too."),
)
@data_option
@lang_option
@click.option(
    "-o",
    "--output",
    metavar="F|DIR",
    help=t(
        "ファイルへ書く(形式は .txt .json .jsonl .csv から決まる)。--to ではフォルダー。",
        "Write to a file (the format follows from .txt .json .jsonl .csv); with --to, a folder.",
    ),
)
@pretty_option
def report(  # noqa: PLR0913 - one argument per option
    *,
    result: str,
    kinds: str | None,
    to: str,
    exhibits: bool,
    first_number: int | None,
    branch_of: int | None,
    party: str,
    dated: str | None,
    dates: Literal["western", "reiwa"],
    full_width: bool,
    addressee: tuple[str, ...],
    mask: str | None,
    template: str | None,
    overwrite: bool,
    data: str | None,
    lang: str | None,
    output: str | None,
    pretty: bool,
) -> int:
    """Run ``ipattr.report`` and print, ``ipattr.exhibits`` with ``--exhibits``, or ``ipattr.filings`` with ``--to``."""
    from pathlib import Path

    from ipattr import verbs

    chosen = filing.kinds(kinds)
    filing.refuse_contradictions(chosen, asked=kinds is not None, exhibits=exhibits, output=output)
    if chosen:
        page = Page(to="json", lang=lang, output=None, pretty=False, inputs=(), case=result)
        if Path(result).is_dir():
            refuse_inside(output or "", result)
        with console.Progress(page.lang) as progress:
            progress.tell(result)
            made = verbs.filings(
                result,
                kinds=chosen,
                lang=page.lang,
                dated=day(dated, "--dated") if dated else None,
                dates=dates,
                full_width=full_width,
                addressee=filing.several(addressee, "--for"),
                mask=filing.masked(mask),
                template=path(template),
                first_number=first_number,
                branch_of=branch_of,
                party=party,
                data=path(data),
                stdin=console.standard_input(),
                told=progress.make,
            )
        return filing.deliver(made, page=page, output=output or "", overwrite=overwrite)
    if exhibits:
        page = Page(to="html", lang=lang, output=output, pretty=False, inputs=(), case=result)
        page.write(
            verbs.exhibits(
                Path(result),
                lang=page.lang,
                first_number=first_number,
                branch_of=branch_of,
                party=party,
                data=path(data),
            )
        )
        return DONE
    page = Page(to=to, lang=lang, output=output, pretty=pretty, inputs=(result,), case=result)
    return page.deliver(verbs.load_case(result, stdin=console.standard_input()))


@commands.command(
    help=t(
        "ログが消える前に間に合う日程を計算する(前向き・後ろ向き・仮定)。公表された期間による計算であり、助言ではない。",
        "Work out the dates that beat the erasure of logs: forwards, backwards, what-if. Arithmetic on published "
        "figures, not advice.",
    )
)
@click.argument("result", metavar="[CASE.json|DIR]", required=False)
@click.option(
    "--as-of",
    metavar="D",
    help=t("基準日(既定は日本の今日)。", "Date that days are counted from; default: today in Japan."),
)
@click.option(
    "--start",
    metavar="D",
    help=t("手続を始める日(既定は基準日)。", "Day on which a route begins; default: the as-of date."),
)
@click.option(
    "--served",
    multiple=True,
    metavar="[ID=]D",
    help=t(
        "ログ保存要請が届く日の仮定。提供者ごとなら ID=日付。",
        "Day on which the preservation letter is with the provider (ID=day for one of them).",
    ),
)
@click.option(
    "--route",
    multiple=True,
    metavar="ID",
    help=t("示す経路(既定は全部)。", "Routes to be shown; default: all."),
)
@click.option(
    "--post",
    multiple=True,
    metavar="D",
    help=t(
        "開示前の計画: 投稿の日。その日のログインを仮定する。",
        "Before a disclosure: day of a post; a login is assumed.",
    ),
)
@click.option(
    "--retention",
    multiple=True,
    metavar="P",
    help=t("開示前の計画: 仮定する保存期間(93d、3m、6か月)。", "Before a disclosure: period assumed (93d, 3m)."),
)
@click.option(
    "--platform",
    default="x",
    show_default=True,
    metavar="ID",
    help=t("開示前の計画: サービス。", "Before a disclosure: the platform."),
)
@click.option(
    "--format",
    "to",
    type=click.Choice(["auto", "table", "json", "csv", "md"]),
    default="auto",
    show_default=True,
)
@data_option
@lang_option
@output_into(".txt", ".md", ".csv", ".json")
@pretty_option
def plan(  # noqa: PLR0913 - one argument per option
    *,
    result: str | None,
    as_of: str | None,
    start: str | None,
    served: tuple[str, ...],
    route: tuple[str, ...],
    post: tuple[str, ...],
    retention: tuple[str, ...],
    platform: str,
    to: str,
    data: str | None,
    lang: str | None,
    output: str | None,
    pretty: bool,
) -> int:
    """Run ``ipattr.plan`` and print it."""
    from ipattr import verbs
    from ipattr.registry import open_registry
    from ipattr.renderers.timetables import render

    idle = given(ASSUMING) if result else []
    if idle:
        raise UsageError(
            ja=f"{'、'.join(idle)} は、結果(CASE)を指定しないときに使う。",
            en=f"{', '.join(idle)}: only without a CASE.",
        )
    page = Page(
        to=to,
        lang=lang,
        output=output,
        pretty=pretty,
        inputs=(result,) if result else (),
        case=result,
        formats=("table", "json", "csv", "md"),
    )
    found = verbs.plan(
        result,
        as_of=day(as_of, "--as-of") if as_of else today(),
        start=day(start, "--start") if start else None,
        served=[_served(text) for text in served],
        route=filing.several(route, "--route"),
        post=[day(text, "--post") for text in post],
        retention=_periods(retention),
        platform=platform,
        data=path(data),
        stdin=console.standard_input(),
    )
    page.write(
        render(
            found,
            to=page.to,
            lang=page.lang,
            color=page.color,
            columns=page.columns,
            pretty=page.pretty,
            citations=open_registry(path(data)).citations,
        )
    )
    return exit_code(None, found.findings)


def _served(text: str) -> Served:
    from ipattr.planning import Served as Letter

    provider, equals, written = (part.strip() for part in text.rpartition("="))
    if equals and not provider:
        raise UsageError(ja=f"提供者の ID がない: {text}", en=f"There is no provider id: {text}", where="--served")
    return Letter(day=day(written, "--served"), provider=provider)


def _periods(texts: Sequence[str]) -> list[Span]:
    from ipattr.days import parse_span

    try:
        return [parse_span(text) for text in texts]
    except UsageError as error:
        error.where = "--retention"
        raise
