"""The commands that ask a registry one question."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from ipattr import console
from ipattr.cli.conversation import Conversation
from ipattr.cli.group import commands
from ipattr.cli.page import Page
from ipattr.cli.pieces import DONE, DONE_WITH_REMARKS, data_option, lang_option, options, output_option, path, t
from ipattr.errors import InputError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipattr.casework.singles import Told
    from ipattr.model import SourceName

question_options = options(
    click.option(
        "--case", metavar="DIR", help=t("回答を保存する事件フォルダー。", "Case folder that keeps the answers.")
    ),
    click.option("--raw", is_flag=True, help=t("受け取ったままのバイト列を出す。", "Print the bytes as received.")),
    click.option("--dry-run", is_flag=True, help=t("何を送るかだけを示す。", "Print only what would be sent.")),
    click.option(
        "--max-age",
        type=click.IntRange(min=0),
        metavar="DAYS",
        help=t("これより古い回答は問い直す。", "Ask again what was answered longer ago."),
    ),
    click.option("--refresh", is_flag=True, help=t("保存済みでも問い直す。", "Ask again what is kept.")),
    data_option,
    click.option("--format", "to", type=click.Choice(["auto", "table", "json"]), default="auto", show_default=True),
    lang_option,
    output_option,
)


@commands.command(
    help=t(
        "RDAP にアドレス、プレフィックス、AS番号を一つずつ尋ねる。- は標準入力から読む(引数はほかの利用者に見える)。",
        "Ask RDAP about an address, prefix or AS number; - reads them from standard input, unseen by other users.",
    )
)
@click.argument("subjects", nargs=-1, required=True, metavar="IP|PREFIX|AS...")
@click.option("--history", is_flag=True, help=t("登録の履歴を尋ねる(APNIC)。", "Ask for past registrations (APNIC)."))
@question_options
def rdap(  # noqa: PLR0913 - one argument per option
    *,
    subjects: tuple[str, ...],
    history: bool,
    case: str | None,
    raw: bool,
    dry_run: bool,
    max_age: int | None,
    refresh: bool,
    data: str | None,
    to: str,
    lang: str | None,
    output: str | None,
) -> int:
    """Run ``ipattr.rdap`` and print the answers; exit code 1 when one was no use, 5 when none was of any."""
    from ipattr import verbs

    page = _page(to, lang=lang, output=output, case=case, raw=raw)
    ask = partial(
        verbs.rdap,
        _subjects(subjects),
        history=history,
        case=path(case),
        max_age=max_age,
        refresh=refresh,
        data=path(data),
    )
    return _answer(ask, page, raw=raw, dry_run=dry_run)


@commands.command(
    help=t(
        "WHOIS(43番ポート)に尋ねる。JPNIC は利用目的の制限があるため --source jpnic のときだけ。- は標準入力。",
        "Ask WHOIS (port 43). JPNIC restricts its use and is asked only with --source jpnic. - reads standard input.",
    )
)
@click.argument("subjects", nargs=-1, required=True, metavar="IP|PREFIX|AS...")
@click.option(
    "--source",
    type=click.Choice(["whois", "jpnic", "origin", "ptr"]),
    default="whois",
    show_default=True,
    help=t(
        "whois は地域登録機関、origin は経路の広報元、ptr は逆引き。",
        "whois: regional registry; origin: who announces.",
    ),
)
@question_options
def whois(  # noqa: PLR0913 - one argument per option
    *,
    subjects: tuple[str, ...],
    source: SourceName,
    case: str | None,
    raw: bool,
    dry_run: bool,
    max_age: int | None,
    refresh: bool,
    data: str | None,
    to: str,
    lang: str | None,
    output: str | None,
) -> int:
    """Run ``ipattr.whois`` and print the answers; exit code 1 when one was no use, 5 when none was of any."""
    from ipattr import verbs

    page = _page(to, lang=lang, output=output, case=case, raw=raw)
    ask = partial(
        verbs.whois,
        _subjects(subjects),
        source=source,
        case=path(case),
        max_age=max_age,
        refresh=refresh,
        data=path(data),
    )
    return _answer(ask, page, raw=raw, dry_run=dry_run)


def _page(to: str, *, lang: str | None, output: str | None, case: str | None, raw: bool) -> Page:
    # Raw bytes have no format that a suffix could name.
    kind = "table" if raw else to
    return Page(to=kind, lang=lang, output=output, pretty=False, inputs=(), case=case, formats=("table", "json"))


def _answer(ask: Callable[..., Sequence[Told]], page: Page, *, raw: bool, dry_run: bool) -> int:
    """Show what is asked, ask it, and print what came back."""
    conversation = Conversation(page, yes=True, dry_run=dry_run)
    told: Sequence[Told] = ()
    with console.Progress(page.lang) as progress, conversation.ending():
        told = ask(going=conversation.going(progress))
    return DONE if dry_run else max(_print(told, page, raw=raw), conversation.exit_code)


def _subjects(given: Sequence[str]) -> tuple[str, ...]:
    """Return the subjects, those of standard input in the place of ``-``."""
    subjects: list[str] = []
    for text in given:
        subjects += _piped() if text == "-" else [text]
    return tuple(subjects)


def _piped() -> list[str]:
    stdin = console.standard_input()
    try:
        return stdin.read().decode("utf-8-sig").split() if stdin is not None else []
    except UnicodeDecodeError:
        raise InputError(ja="UTF-8 の文字ではない。", en="It is not UTF-8 text.", where="-") from None


def _print(told: Sequence[Told], page: Page, *, raw: bool) -> int:
    from ipattr.renderers.answers import render

    if raw:
        # A terminal acts upon control characters; a file or a pipe gets every byte.
        shown = console.on_terminal() and not page.output
        page.write("".join(one.answer.reply.text for one in told) if shown else b"".join(one.body for one in told))
    elif page.to == "json":
        answers = (render(one.answer, to="json", lang=page.lang, columns=page.columns) for one in told)
        page.write("[" + ",".join(answer.strip() for answer in answers) + "]\n")
    else:
        page.write("\n".join(render(one.answer, to="table", lang=page.lang, columns=page.columns) for one in told))
    statuses = {one.answer.reply.status for one in told}
    if statuses.isdisjoint({"found", "not-found"}):
        return SourceError.exit_code
    return DONE if statuses == {"found"} else DONE_WITH_REMARKS
