"""The commands about the shipped data."""

from __future__ import annotations

import click

from ipattr import console
from ipattr.cli.conversation import Conversation
from ipattr.cli.group import commands
from ipattr.cli.page import Page
from ipattr.cli.pieces import (
    DATA_INVALID,
    DONE,
    DONE_WITH_REMARKS,
    LANG,
    data_option,
    day,
    lang_option,
    path,
    t,
    today,
)


@commands.group("data", help=t("収録データの点検と状態。", "Check and describe the shipped data."))
def data_commands() -> None:
    """Hold the commands about ``data/``."""


@data_commands.command("check", help=t("収録データを点検する。", "Run the linter over the data."))
@data_option
@lang_option
def data_check(*, data: str | None, lang: str | None) -> int:
    """Run ``ipattr.data_check``: one line per finding; exit code 4 for errors, 1 for warnings."""
    from ipattr import verbs
    from ipattr.renderers.layout import inert

    language = lang or LANG
    findings = verbs.data_check(path(data), as_of=today())
    lines = [f"{f.code} {f.level} {f.about}: {f.message.pick(language)}" for f in findings]
    lines.append(f"{len(findings)}件" if language == "ja" else f"{len(findings)} findings")
    console.write("".join(inert(line) + "\n" for line in lines))
    levels = {finding.level for finding in findings}
    if "error" in levels:
        return DATA_INVALID
    return DONE_WITH_REMARKS if "warning" in levels else DONE


@data_commands.command(
    "status", help=t("各表の件数、出典、日付、経過日数。", "Rows, source, date and age of each table.")
)
@data_option
@click.option("--as-of", metavar="D", help=t("経過日数の基準日。", "Date that ages are counted to."))
@click.option("--format", "to", type=click.Choice(["auto", "table", "json"]), default="auto", show_default=True)
@lang_option
def data_status(*, data: str | None, as_of: str | None, to: str, lang: str | None) -> int:
    """Run ``ipattr.data_status`` and print one row per table."""
    from ipattr import verbs
    from ipattr.renderers import tables

    page = Page(to=to, lang=lang, output=None, pretty=False, inputs=())
    rows = verbs.data_status(path(data), as_of=day(as_of, "--as-of") if as_of else today())
    page.write(tables.render(rows, to=page.to, lang=page.lang, color=page.color, columns=page.columns))
    return DONE


@data_commands.command("readme", help=t("data/README.md の本文を出す。", "Print the text of data/README.md."))
@data_option
def data_readme(*, data: str | None) -> int:
    """Print ``ipattr.data_readme()``."""
    from ipattr import verbs

    console.write(verbs.data_readme(path(data)))
    return DONE


@data_commands.command(
    "refresh",
    help=t(
        "RDAP のブートストラップ登録簿(RFC 9224)を取り直す。アドレスは送らない。",
        "Fetch the RDAP bootstrap registries (RFC 9224) anew; no address is sent.",
    ),
)
@data_option
@click.option("--dry-run", is_flag=True, help=t("何を送るかだけを示す。", "Print only what would be sent."))
@lang_option
def data_refresh(*, data: str | None, dry_run: bool, lang: str | None) -> int:
    """Run ``ipattr.data_refresh`` and print one line per registry."""
    from ipattr import verbs

    page = Page(to="table", lang=lang, output=None, pretty=False, inputs=())
    conversation = Conversation(page, yes=True, dry_run=dry_run)
    with conversation.ending():
        for one in verbs.data_refresh(path(data), going=conversation.going()):
            console.write(f"{one.kind}\t{one.before}\t{one.after}\t{'replaced' if one.replaced else 'kept'}\n")
    return DONE
