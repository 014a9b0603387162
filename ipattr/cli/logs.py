"""The commands about disclosed logs and about results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from ipattr import console
from ipattr.cli.conversation import Conversation
from ipattr.cli.group import commands
from ipattr.cli.page import Page
from ipattr.cli.pieces import (
    DONE,
    DONE_WITH_REMARKS,
    LANG,
    data_option,
    day,
    exit_code,
    given,
    inquiry_options,
    lang_option,
    ledger_options,
    memory,
    output_option,
    path,
    pretty_option,
    reading_options,
    t,
    today,
)

if TYPE_CHECKING:
    from ipattr.model import Mode, NarrowingStep, Probe, SourceName

ASKING = ("--source", "--mode", "--probe", "--dry-run", "--yes", "--max-age", "--refresh")


@commands.command(
    help=t(
        "ログ(ファイル、- は標準入力)またはアドレスを調べる。既存のファイル名が優先する。",
        "Look up logs (files, - for standard input) or bare addresses; an existing file wins.",
    )
)
@click.argument("inputs", nargs=-1, required=True, metavar="LOG|ADDRESS...")
@click.option("--posts", multiple=True, metavar="F", help=t("投稿の一覧。", "The posts complained of."))
@click.option(
    "--posts-tz",
    metavar="Z",
    help=t("投稿時刻の時間帯(--tz は及ばない)。", "Zone of post times; --tz does not reach them."),
)
@reading_options
@click.option(
    "--as-of",
    metavar="D",
    help=t("基準日(既定は日本の今日)。", "Date that deadlines are judged on; default: today in Japan."),
)
@click.option(
    "--format",
    "to",
    type=click.Choice(["auto", "table", "json", "jsonl", "csv"]),
    default="auto",
    show_default=True,
    help=t("auto は端末なら table、ほかは json。", "auto: table on a terminal, json elsewhere."),
)
@inquiry_options
@ledger_options
@lang_option
@output_option
@pretty_option
def lookup(  # noqa: PLR0913 - one argument per option
    *,
    inputs: tuple[str, ...],
    posts: tuple[str, ...],
    posts_tz: str | None,
    platform: str,
    tz: str | None,
    epoch: Literal["s", "ms"] | None,
    encoding: str | None,
    form: str | None,
    mapping: str | None,
    accept_repairs: bool,
    supersedes: tuple[str, ...],
    data: str | None,
    as_of: str | None,
    to: str,
    lang: str | None,
    output: str | None,
    pretty: bool,
    case: str | None,
    online: bool,
    source: tuple[SourceName, ...],
    mode: Mode,
    probe: Probe,
    dry_run: bool,
    yes: bool,
    max_age: int | None,
    refresh: bool,
    ledger: tuple[str, ...],
    without: tuple[NarrowingStep, ...],
) -> int:
    """Run ``ipattr.lookup`` and print the case; with ``--dry-run`` only what asking the registries would send."""
    from pathlib import Path

    from ipattr import verbs

    page = Page(
        to=to,
        lang=lang,
        output=output,
        pretty=pretty,
        inputs=(*inputs, *posts, *supersedes),
        case=case,
        formats=("table", "json") if dry_run else (),
    )
    inquiry = Conversation(page, yes=yes, dry_run=dry_run)
    inquiry.refuse_contradictions(online=online, case=case, given=given(ASKING))
    with console.Progress(page.lang) as progress, inquiry.ending():
        result = verbs.lookup(
            inputs,
            posts=posts,
            posts_tz=posts_tz,
            platform=platform,
            tz=tz,
            epoch=epoch,
            encoding=encoding,
            form=form,
            mapping=mapping,
            accept_repairs=accept_repairs,
            supersedes=supersedes,
            memory=memory(),
            data=path(data),
            stdin=console.standard_input(),
            as_of=day(as_of, "--as-of") if as_of else today(),
            as_of_source="given" if as_of else "clock",
            ask=progress.asker(inputs),
            progress=progress.tell,
            case=path(case),
            online=online,
            source=source,
            mode=mode,
            probe=probe,
            max_age=max_age,
            refresh=refresh,
            going=inquiry.going(progress) if online or case else None,
            ledger=[Path(name) for name in ledger],
            without=without,
        )
    return DONE if dry_run else max(page.deliver(result, kept=inquiry.kept), inquiry.exit_code)


@commands.command(
    help=t(
        "何が読めて何が読めなかったかを示す。照合はしない。", "Show what was read and what was not, without look-up."
    )
)
@click.argument("inputs", nargs=-1, required=True, metavar="LOG...")
@click.option(
    "--kind",
    type=click.Choice(["log", "posts"]),
    default="log",
    show_default=True,
    help=t("ログか投稿の一覧か。", "Whether the files are logs or posts."),
)
@reading_options
@click.option("--format", "to", type=click.Choice(["auto", "table", "json"]), default="auto", show_default=True)
@click.option(
    "--report",
    type=click.Choice(["html", "md"]),
    help=t(
        "原本の各行と読み取りを並べた点検用の頁を出す。",
        "Write a page that sets each row of the original beside what was read, for a second person to check.",
    ),
)
@lang_option
@output_option
@pretty_option
def read(  # noqa: PLR0913 - one argument per option
    *,
    inputs: tuple[str, ...],
    kind: Literal["log", "posts"],
    platform: str,
    tz: str | None,
    epoch: Literal["s", "ms"] | None,
    encoding: str | None,
    form: str | None,
    mapping: str | None,
    accept_repairs: bool,
    supersedes: tuple[str, ...],
    data: str | None,
    to: str,
    report: Literal["html", "md"] | None,
    lang: str | None,
    output: str | None,
    pretty: bool,
) -> int:
    """Run ``ipattr.read`` and print the reading."""
    from ipattr import verbs
    from ipattr.renderers import reading as renderer

    page = Page(to=report or to, lang=lang, output=output, pretty=pretty, inputs=(*inputs, *supersedes))
    with console.Progress(page.lang) as progress:
        found = verbs.read(
            inputs,
            kind=kind,
            platform=platform,
            tz=tz,
            epoch=epoch,
            encoding=encoding,
            form=form,
            mapping=mapping,
            accept_repairs=accept_repairs,
            supersedes=supersedes,
            memory=memory(),
            data=path(data),
            stdin=console.standard_input(),
            ask=progress.asker(inputs),
            progress=progress.tell,
        )
    if report is not None:
        page.write(verbs.checking_page(inputs, found, to=report, lang=page.lang, encoding=encoding, data=path(data)))
    else:
        page.write(
            renderer.render(
                found, to=page.to, lang=page.lang, color=page.color, columns=page.columns, pretty=page.pretty
            )
        )
    page.remark(found.inputs, found.counts, found.findings)
    return exit_code(found.counts, found.findings)


@commands.command(
    help=t(
        "ファイルの中の日時・アドレス・ポート・アカウントを、所在とともに拾い出す。組にはしない。",
        "Find every time, address, port and account in files, with its place; nothing is paired.",
    )
)
@click.argument("inputs", nargs=-1, required=True, metavar="FILE...")
@click.option("--tz", metavar="Z", help=t("時間帯の記載がない時刻の時間帯。", "Zone of times that carry none."))
@click.option(
    "--epoch",
    type=click.Choice(["s", "ms"]),
    help=t("UNIX 時刻も拾う。", "Find Unix times in s or ms too."),
)
@click.option("--encoding", metavar="E", help=t("文字コードの宣言。", "Declare the encoding."))
@data_option
@click.option("--format", "to", type=click.Choice(["auto", "table", "csv", "json"]), default="auto", show_default=True)
@lang_option
@output_option
def grep(
    *,
    inputs: tuple[str, ...],
    tz: str | None,
    epoch: Literal["s", "ms"] | None,
    encoding: str | None,
    data: str | None,
    to: str,
    lang: str | None,
    output: str | None,
) -> int:
    """Run ``ipattr.grep`` and print one line per piece; exit code 1 when a piece could not be read."""
    from ipattr import verbs
    from ipattr.renderers import pieces

    page = Page(to=to, lang=lang, output=output, pretty=False, inputs=inputs)
    with console.Progress(page.lang) as progress:
        found = verbs.grep(
            inputs,
            tz=tz,
            epoch=epoch,
            encoding=encoding,
            data=path(data),
            stdin=console.standard_input(),
            progress=progress.tell,
        )
    page.write(pieces.render(found, to=page.to, lang=page.lang))
    return DONE_WITH_REMARKS if any(piece.refusal is not None for piece in found) else DONE


@commands.command(help=t("読める形式の一覧。", "List the forms that are read."))
@lang_option
def forms(*, lang: str | None) -> int:
    """Print ``ipattr.forms()``: one form per line, and how one is declared."""
    from ipattr import verbs

    language = lang or LANG
    console.write("".join(f"{form.name}\t{form.expects.pick(language)}\n" for form in verbs.forms()))
    return DONE


@commands.command(
    help=t(
        "結果(JSON)の一行について、原文から判定までの道筋を出典とともに示す。",
        "Print one row's way through a result (JSON): raw cell, normalised, matched prefix, rule, source.",
    )
)
@click.argument("result")
@click.argument("row", type=int)
@data_option
@lang_option
@output_option
def explain(*, result: str, row: int, data: str | None, lang: str | None, output: str | None) -> int:
    """Run ``ipattr.explain`` and print the way."""
    from ipattr import verbs

    page = Page(to="table", lang=lang, output=output, pretty=False, inputs=(result,), case=result)
    page.write(
        verbs.explain(
            result, row, lang=page.lang, columns=page.columns, data=path(data), stdin=console.standard_input()
        )
    )
    return DONE


@commands.command(help=t("結果(JSON)の JSON Schema を出す。", "Print the JSON Schema of a result."))
def schema() -> int:
    """Print ``ipattr.schema()``."""
    import json

    from ipattr import verbs

    console.write(json.dumps(verbs.schema(), ensure_ascii=False, indent=2) + "\n")
    return DONE
