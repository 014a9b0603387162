"""What the commands share: help in two languages, common options, exit codes, the one reading of the clock."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from ipattr import console
from ipattr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from ipattr.model import Counts, Finding

    Command = Callable[..., Any]

DONE, DONE_WITH_REMARKS, USAGE, DATA_INVALID = 0, 1, 2, 4
INTERNAL, INTERRUPTED, READER_GONE, TERMINATED = 70, 130, 141, 143
LANG = console.language(sys.argv[1:], os.environ)


def t(ja: str, en: str) -> str:
    """Return help text in the language of this run."""
    return ja if LANG == "ja" else en


def options(*decorators: Command) -> Command:
    """Return one decorator that adds several options, in the order given."""

    def apply(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return apply


lang_option = click.option(
    "--lang",
    type=click.Choice(["ja", "en"]),
    help=t("出力の言語(既定はロケール)。", "Language of the output; default: locale."),
)
data_option = click.option("--data", metavar="DIR", help=t("別の data/ フォルダー。", "Another data/ folder."))


def output_into(*suffixes: str) -> Command:
    """Return the option that names the output file; its help says which suffixes decide on the format."""
    listed = " ".join(suffixes)
    return click.option(
        "-o",
        "--output",
        metavar="F",
        help=t(f"ファイルへ書く。形式は {listed} から決まる。", f"Write to a file; the format follows from {listed}."),
    )


output_option = output_into(".txt", ".json", ".jsonl", ".csv")
pretty_option = click.option("--pretty", is_flag=True, help=t("JSON を字下げする。", "Indent JSON."))
inquiry_options = options(
    click.option(
        "--case",
        metavar="DIR",
        help=t(
            "事件フォルダー。入力、回答、結果を保存し、保存済みの回答を結果に並べる。",
            "Case folder: keeps inputs, answers and result, and sets kept answers beside the verdicts.",
        ),
    ),
    click.option(
        "--online",
        is_flag=True,
        help=t(
            "登録機関に照会する。何をどこへ送るかを先に示し、同意を求める。",
            "Ask the registries, after showing what would leave and to whom, and being agreed to.",
        ),
    ),
    click.option(
        "--source",
        type=click.Choice(["rdap", "jpnic", "whois", "origin", "ptr"]),
        multiple=True,
        default=["rdap"],
        show_default=True,
        help=t(
            "照会先。jpnic は利用目的の制限があるため、名指しされたときだけ照会する。",
            "What to ask. JPNIC restricts its use and is asked only when named.",
        ),
    ),
    click.option(
        "--mode",
        type=click.Choice(["exact", "coalesced"]),
        default="exact",
        show_default=True,
        help=t(
            "exact はアドレスごとに照会(書証用)、coalesced はブロックごと(選別用、提供者の単位まで)。",
            "exact: each address, for exhibits; coalesced: each block, for triage at provider level.",
        ),
    ),
    click.option(
        "--probe",
        type=click.Choice(["block", "address"]),
        default="block",
        show_default=True,
        help=t(
            "coalesced の RDAP が示すもの。block は /24(IPv6 は /48)だけで、アドレスは出ない。",
            "What coalesced RDAP reveals: block shows only the /24 (/48), never an address.",
        ),
    ),
    click.option(
        "--dry-run",
        is_flag=True,
        help=t("照会計画だけを示し、何も送らない。", "Print the plan alone; nothing is sent."),
    ),
    click.option(
        "--yes",
        is_flag=True,
        help=t("計画に同意したものとして進む。", "Go on as agreed to, without asking."),
    ),
    click.option(
        "--max-age",
        type=click.IntRange(min=0),
        metavar="DAYS",
        help=t("これより古い回答は問い直す。", "Ask again what was answered longer ago."),
    ),
    click.option("--refresh", is_flag=True, help=t("保存済みでも問い直す。", "Ask again what is kept.")),
)
declared_options = options(
    click.option(
        "--tz",
        metavar="Z",
        help=t(
            "時間帯の記載がない時刻の時間帯(JST、UTC、+09:00、Asia/Tokyo など)。推測はしない。",
            "Zone of times that carry none (JST, UTC, +09:00, Asia/Tokyo …); nothing is guessed.",
        ),
    ),
    click.option(
        "--epoch",
        type=click.Choice(["s", "ms"]),
        help=t("時刻の列が UNIX 時刻であると宣言する。", "Declare that times are Unix time in s or ms."),
    ),
    click.option("--encoding", metavar="E", help=t("文字コードの宣言。", "Declare the encoding.")),
    click.option(
        "--form",
        metavar="F",
        help=t("形式の宣言(一覧は ipattr forms)。", "Declare the form; ipattr forms lists them."),
    ),
    click.option(
        "--map",
        "mapping",
        metavar="time=…,ip=…",
        help=t("列の対応。サービスごとに記憶する。", "Which column is which; remembered per platform."),
    ),
    click.option(
        "--accept-repairs",
        is_flag=True,
        help=t(
            "文字認識の誤りの修復案を採用し、その行に印を付ける(既定は示すだけ)。",
            "Take the repairs proposed for misrecognised text, and mark each; default: only show them.",
        ),
    ),
)
reading_options = options(
    click.option(
        "--platform",
        default="x",
        show_default=True,
        metavar="ID",
        help=t("ログを開示したサービス。", "The platform that disclosed the log."),
    ),
    declared_options,
    click.option(
        "--supersedes",
        multiple=True,
        metavar="OLD",
        help=t(
            "入力が取って代わる旧い開示。違いを一行ずつ示し、結果には含めない。",
            "Older disclosure that the input replaces: differences are listed, its rows are left out.",
        ),
    ),
    data_option,
)
ledger_options = options(
    click.option(
        "--ledger",
        multiple=True,
        metavar="DIR",
        help=t("事務所の台帳(destinations capture が作る)。", "A ledger of the office (made by destinations capture)."),
    ),
    click.option(
        "--without",
        multiple=True,
        type=click.Choice(["hosts", "family", "client", "time"]),
        help=t(
            "接続先候補の絞り込みをやめる段階。",
            "Narrowing step of the candidates to be turned off.",
        ),
    ),
)


def given(options: Sequence[str]) -> list[str]:
    """Return which of the options stand on the command line of the running command."""
    context = click.get_current_context()
    typed = {
        option
        for parameter in context.command.params
        if context.get_parameter_source(parameter.name or "") is click.core.ParameterSource.COMMANDLINE
        for option in parameter.opts
    }
    return [option for option in options if option in typed]


def path(text: str | None) -> Path | None:
    """Return a path, None where none was named."""
    from pathlib import Path

    return Path(text) if text else None


def memory() -> Path:
    """Return the file of remembered column mappings."""
    return console.settings_folder(os.environ) / "mappings.json"


def exit_code(counts: Counts | None, findings: Sequence[Finding]) -> int:
    """Return 1 where a row was rejected or needs a person, or a finding is an error; else 0."""
    remarkable = counts is not None and (counts.review or counts.rejected)
    return DONE_WITH_REMARKS if remarkable or any(finding.level == "error" for finding in findings) else DONE


def today() -> date:
    """Return today's date in Japan: the one place that reads the clock."""
    from datetime import UTC, datetime

    from ipattr.instants import jst_date

    return jst_date(datetime.now(UTC))


def day(text: str, option: str) -> date:
    """Return a date as typed; raise UsageError, naming the option, for one that cannot be read."""
    from ipattr.days import parse_day

    try:
        return parse_day(text)
    except UsageError as error:
        error.where = option
        raise


def one_line(text: str) -> str:
    """Return text as one line that no terminal acts upon."""
    from ipattr.renderers.layout import inert

    return inert(" ".join(text.split()))
