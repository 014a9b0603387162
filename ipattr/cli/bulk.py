"""The command for files larger than memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from ipattr import console
from ipattr.cli.group import commands
from ipattr.cli.pieces import LANG, data_option, day, exit_code, lang_option, one_line, path, t, today

if TYPE_CHECKING:
    from ipattr.bulk import BulkReport, Progress


@commands.command(
    help=t(
        "メモリーに収まらない大きなログを調べる。結果は lookup と同じで、不採用の行は別のファイルに出る。"
        "中断しても、同じコマンドで続きから進む。",
        "Look up logs larger than memory. The verdicts are those of lookup; rejected rows go to a file of their own. "
        "The same command resumes an interrupted run.",
    )
)
@click.argument("source", metavar="IN.csv|tsv|jsonl|parquet|-")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="OUT.parquet|csv|DIR/",
    required=True,
    help=t("書込み先。DIR/ は Parquet の分割ファイル。", "Where to write; DIR/: Parquet in parts."),
)
@click.option(
    "--platform",
    default="x",
    show_default=True,
    metavar="ID",
    help=t("ログを開示したサービス。", "The platform that disclosed the log."),
)
@click.option(
    "--tz",
    metavar="Z",
    help=t("時間帯の記載がない時刻の時間帯。推測はしない。", "Zone of times that carry none; nothing is guessed."),
)
@click.option(
    "--epoch",
    type=click.Choice(["s", "ms"]),
    help=t("時刻の列が UNIX 時刻であると宣言する。", "Declare that times are Unix time in s or ms."),
)
@click.option(
    "--encoding",
    metavar="E",
    help=t("文字コードの宣言(既定は UTF-8)。", "Declare the encoding; default: UTF-8."),
)
@click.option("--map", "mapping", metavar="time=…,ip=…", help=t("列の対応。", "Which column is which."))
@click.option(
    "--columns",
    metavar="NAMES",
    help=t(
        "出力する列(カンマで並べる。all は lookup の CSV の全列)。",
        "Columns of the output, joined by commas; all: every column of lookup's CSV.",
    ),
)
@click.option(
    "--as-of",
    metavar="D",
    help=t("基準日(既定は日本の今日)。", "Date that deadlines are judged on; default: today in Japan."),
)
@click.option("--overwrite", is_flag=True, help=t("既にある出力を置き換える。", "Replace an output that is there."))
@data_option
@lang_option
def bulk(  # noqa: PLR0913 - one argument per option
    *,
    source: str,
    target: str,
    platform: str,
    tz: str | None,
    epoch: Literal["s", "ms"] | None,
    encoding: str | None,
    mapping: str | None,
    columns: str | None,
    as_of: str | None,
    overwrite: bool,
    data: str | None,
    lang: str | None,
) -> int:
    """Run ``ipattr.enrich_file`` and say what was read and written."""
    from ipattr import verbs

    language: Literal["ja", "en"] = "ja" if (lang or LANG) == "ja" else "en"
    with console.Progress(language) as progress:
        done = verbs.enrich_file(
            source,
            target,
            as_of=day(as_of, "--as-of") if as_of else today(),
            platform=platform,
            tz=tz,
            epoch=epoch,
            encoding=encoding,
            mapping=mapping,
            columns=_columns(columns),
            data=path(data),
            lang=language,
            overwrite=overwrite,
            stdin=console.standard_input(),
            progress=lambda state: _tell(progress, state),
        )
    _conclude(done, language)
    return exit_code(done.counts, done.findings)


def _columns(text: str | None) -> list[str] | Literal["all"] | None:
    """Return the columns as typed; None where nothing was said."""
    if text is None:
        return None
    return "all" if text.strip() == "all" else [name.strip() for name in text.split(",")]


def _tell(progress: console.Progress, state: Progress) -> None:
    progress.pass_rows(state.rows, state.bytes, state.size)


def _conclude(done: BulkReport, lang: Literal["ja", "en"]) -> None:
    """Say on standard error how many rows there were, what a person must not miss, and which files hold them."""
    from ipattr.renderers.view import total
    from ipattr.renderers.words import conservation

    console.say(conservation(*total(done.counts), lang=lang))
    for finding in done.findings:
        if finding.level in {"error", "warning"}:
            console.say(one_line(f"{finding.code} {finding.message.pick(lang)}"))
    for file in done.outputs:
        console.say(one_line(f"{file.name}: {file.rows:,} {'行' if lang == 'ja' else 'rows'} SHA-256 {file.sha256}"))
