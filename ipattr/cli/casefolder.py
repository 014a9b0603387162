"""The commands about case folders."""

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
    lang_option,
    one_line,
    output_option,
    path,
    t,
)
from ipattr.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.casework.inquiry import Going
    from ipattr.model import Mode, SourceName

ALTERED = 8
to_option = click.option(
    "--format", "to", type=click.Choice(["auto", "table", "json"]), default="auto", show_default=True
)


@commands.group(
    "case", help=t("事件フォルダー(入力、回答、結果、記録)。", "Case folders: inputs, answers, results, journal.")
)
def case_commands() -> None:
    """Hold the commands about case folders."""


@case_commands.command("init", help=t("空の事件フォルダーを作る。", "Make an empty case folder."))
@click.argument("folder", metavar="DIR")
@click.option("--title", default="", help=t("事件の名。報告に印字される。", "Name of the case, printed in reports."))
@data_option
@lang_option
def case_init(*, folder: str, title: str, data: str | None, lang: str | None) -> int:
    """Run ``ipattr.case_init``."""
    from ipattr import verbs

    verbs.case_init(_folder(folder), title=title, data=path(data), going=_going(lang))
    console.say(one_line(f"{folder}: {'作成した。' if (lang or LANG) == 'ja' else 'made.'}"))
    return DONE


@case_commands.command(
    "consent", help=t("この事件で照会してよいことを記録する。", "Record that queries of this case may leave.")
)
@click.argument("folder", metavar="DIR")
@click.option("--purpose", required=True, help=t("何のための照会か。", "What the queries are for."))
@click.option(
    "--source",
    type=click.Choice(["rdap", "jpnic", "whois", "origin", "ptr"]),
    multiple=True,
    required=True,
    help=t("照会してよい先。", "Which sources may be asked."),
)
@click.option(
    "--mode",
    type=click.Choice(["any", "exact", "coalesced"]),
    default="any",
    show_default=True,
    help=t("どの方式に及ぶか。", "Which mode it covers."),
)
@click.option("--expires", required=True, metavar="D", help=t("いつまで(その日を含む)。", "Last day it holds."))
@click.option("--by", required=True, help=t("誰の判断か。", "Whose decision it is."))
@lang_option
def case_consent(
    *,
    folder: str,
    purpose: str,
    source: tuple[SourceName, ...],
    mode: Mode | Literal["any"],
    expires: str,
    by: str,
    lang: str | None,
) -> int:
    """Run ``ipattr.case_consent``."""
    from ipattr import verbs

    for option, text in (("--purpose", purpose), ("--by", by)):
        if not text.strip():
            raise UsageError(
                ja="空である。同意は、目的と判断した者を記録する。",
                en="It is empty; a consent records what for and by whom.",
                where=option,
            )
    made = verbs.case_consent(
        _folder(folder),
        purpose=purpose,
        source=source,
        mode=mode,
        expires=day(expires, "--expires"),
        by=by,
        going=_going(lang),
    )
    sources = ", ".join(made.sources)
    console.say(
        one_line(
            f"{folder}: 同意を記録した({sources}、{made.expires} まで、{made.by})。"
            if (lang or LANG) == "ja"
            else f"{folder}: consent recorded ({sources}; until {made.expires}; {made.by})."
        )
    )
    return DONE


@case_commands.command("log", help=t("記録を一行ずつ示す。", "Print the journal, one line per entry."))
@click.argument("folder", metavar="DIR")
@click.option("--egress", is_flag=True, help=t("外へ出た照会だけ。", "Only the queries that left."))
@to_option
@lang_option
@output_option
def case_log(*, folder: str, egress: bool, to: str, lang: str | None, output: str | None) -> int:
    """Run ``ipattr.case_log`` and print it."""
    from ipattr import verbs
    from ipattr.renderers.journal import render

    page = Page(to=to, lang=lang, output=output, pretty=False, inputs=(), case=folder, formats=("table", "json"))
    page.write(render(verbs.case_log(_folder(folder), egress=egress), to=page.to, lang=page.lang))
    return DONE


@case_commands.command(
    "seal",
    help=t("事件フォルダーの写しを BagIt(RFC 8493)にする。", "Write a copy of the folder as a BagIt bag (RFC 8493)."),
)
@click.argument("folder", metavar="DIR")
@click.argument("target", metavar="BAG")
@lang_option
def case_seal(*, folder: str, target: str, lang: str | None) -> int:
    """Run ``ipattr.case_seal`` and print where the bag lies."""
    from ipattr import verbs

    console.write(f"{verbs.case_seal(_folder(folder), _folder(target), going=_going(lang))}\n")
    return DONE


@case_commands.command(
    "stamp",
    help=t(
        "記録の先端に RFC 3161 の時刻認証を得る。--tsa がなければ要求だけを作る。",
        "Have the head of the journal time-stamped (RFC 3161); without --tsa only the request is written.",
    ),
)
@click.argument("folder", metavar="DIR")
@click.option("--tsa", metavar="URL", help=t("時刻認証局(https)。", "Time-stamping authority (https)."))
@click.option("--response", metavar="F", help=t("別の手段で得た応答。", "A response obtained elsewhere."))
@click.option("--roots", metavar="PEM", help=t("署名を確かめる証明書。", "Certificates to verify the signature."))
@lang_option
def case_stamp(*, folder: str, tsa: str | None, response: str | None, roots: str | None, lang: str | None) -> int:
    """Run ``ipattr.case_stamp`` and print the request's path, or what the stamp says."""
    from ipattr import verbs
    from ipattr.renderers.journal import stamp

    made = verbs.case_stamp(_folder(folder), tsa=tsa, response=path(response), roots=path(roots), going=_going(lang))
    console.write(stamp(made, lang=lang or LANG))
    if tsa is None and response is None:
        console.say(
            "時刻認証の要求を書いた。時刻認証局の応答(.tsr)を得たら、--response で取り込む。"
            if (lang or LANG) == "ja"
            else "The request is written; once an authority has answered it (.tsr), take that in with --response."
        )
    return DONE


@commands.command(
    help=t(
        "事件フォルダーのハッシュと結果を計算し直し、変わったものを名指しする。通信しない。",
        "Recompute the hashes and results of a case folder, offline, and name whatever changed.",
    )
)
@click.argument("folder", metavar="CASE")
@click.option("--head", metavar="HASH", help=t("以前の報告に印字された先端。", "The head an earlier report printed."))
@data_option
@to_option
@lang_option
@output_option
def verify(*, folder: str, head: str | None, data: str | None, to: str, lang: str | None, output: str | None) -> int:
    """Run ``ipattr.verify``: exit code 8 when something changed, 1 for remarks."""
    from ipattr import verbs
    from ipattr.renderers.journal import verification

    page = Page(to=to, lang=lang, output=output, pretty=False, inputs=(), case=folder, formats=("table", "json"))
    found = verbs.verify(_folder(folder), head=head, data=path(data))
    page.write(verification(found, to=page.to, lang=page.lang))
    if not found.intact:
        return ALTERED
    return DONE_WITH_REMARKS if found.changes else DONE


def _folder(text: str) -> Path:
    from pathlib import Path

    return Path(text)


def _going(lang: str | None) -> Going:
    """Return a clock and no agreement: these commands ask nobody."""
    return Conversation(
        Page(to="table", lang=lang, output=None, pretty=False, inputs=()), yes=False, dry_run=True
    ).going()
