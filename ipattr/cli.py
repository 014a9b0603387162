"""The command line: a callback parses, calls one function of the same name, prints.

Exit codes: 0 done; 1 done, but rows are rejected or in review, or an archive member was not read (``data check``:
warnings); 2 usage; 3 input unreadable;
4 data invalid; 70 internal error; 73 output not written; 130 interrupted; 141 the reader of the output went away.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any, Literal

import click

from ipattr import console
from ipattr.errors import IpattrError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from ipattr.model import Case, Counts, Finding, InputFile

    Command = Callable[..., Any]

DONE, DONE_WITH_REMARKS, USAGE, DATA_INVALID = 0, 1, 2, 4
INTERNAL, INTERRUPTED, READER_GONE = 70, 130, 141
_DIFFERENCES = frozenset({"IPA705", "IPA706", "IPA707", "IPA708", "IPA720"})
_LANG = console.language(sys.argv[1:], os.environ)


def _t(ja: str, en: str) -> str:
    """Return help text in the language of this run."""
    return ja if _LANG == "ja" else en


def _options(*decorators: Command) -> Command:
    def apply(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return apply


_lang = click.option(
    "--lang",
    type=click.Choice(["ja", "en"]),
    help=_t("出力の言語(既定はロケール)。", "Language of the output; default: locale."),
)
_data = click.option("--data", metavar="DIR", help=_t("別の data/ フォルダー。", "Another data/ folder."))
_output = click.option(
    "-o",
    "--output",
    metavar="F",
    help=_t(
        "ファイルへ書く。形式は .txt .json .jsonl .csv から決まる。",
        "Write to a file; the format follows from .txt .json .jsonl .csv.",
    ),
)
_pretty = click.option("--pretty", is_flag=True, help=_t("JSON を字下げする。", "Indent JSON."))
_reading = _options(
    click.option(
        "--platform",
        default="x",
        show_default=True,
        metavar="ID",
        help=_t("ログを開示したサービス。", "The platform that disclosed the log."),
    ),
    click.option(
        "--tz",
        metavar="Z",
        help=_t(
            "時間帯の記載がない時刻の時間帯(JST、UTC、+09:00、Asia/Tokyo など)。推測はしない。",
            "Zone of times that carry none (JST, UTC, +09:00, Asia/Tokyo …); nothing is guessed.",
        ),
    ),
    click.option(
        "--epoch",
        type=click.Choice(["s", "ms"]),
        help=_t("時刻の列が UNIX 時刻であると宣言する。", "Declare that times are Unix time in s or ms."),
    ),
    click.option("--encoding", metavar="E", help=_t("文字コードの宣言。", "Declare the encoding.")),
    click.option(
        "--form",
        metavar="F",
        help=_t("形式の宣言(一覧は ipattr forms)。", "Declare the form; ipattr forms lists them."),
    ),
    click.option(
        "--map",
        "mapping",
        metavar="time=…,ip=…",
        help=_t("列の対応。サービスごとに記憶する。", "Which column is which; remembered per platform."),
    ),
    click.option(
        "--accept-repairs",
        is_flag=True,
        help=_t(
            "文字認識の誤りの修復案を採用し、その行に印を付ける(既定は示すだけ)。",
            "Take the repairs proposed for misrecognised text, and mark each; default: only show them.",
        ),
    ),
    click.option(
        "--supersedes",
        multiple=True,
        metavar="OLD",
        help=_t(
            "入力が取って代わる旧い開示。違いを一行ずつ示し、結果には含めない。",
            "Older disclosure that the input replaces: differences are listed, its rows are left out.",
        ),
    ),
    _data,
)


@click.group(
    "ipattr",
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": min(console.width(os.environ), 100)},
    help=_t(
        "開示されたログのIPアドレスから、請求先、検索に要る鍵、接続先候補、ログの消去予定を表にする。通信はしない。",
        "Addresses of a disclosed log: whom to ask, what they need, destination candidates, log expiry. Offline.",
    ),
    epilog=_t(
        "終了コード: 0 完了、1 完了したが不採用か要確認の行がある、2 使い方、3 入力が読めない、4 データ不正、"
        "70 内部の誤り、73 結果を書き込めない、130 中断、141 出力先が閉じた。"
        ' 補完: eval "$(_IPATTR_COMPLETE=bash_source ipattr)"(zsh_source、fish_source も可)。',
        "Exit codes: 0 done; 1 done, rows rejected or in review; 2 usage; 3 input unreadable; 4 data invalid; "
        "70 internal error; 73 output not written; 130 interrupted; 141 reader gone. "
        'Completion: eval "$(_IPATTR_COMPLETE=bash_source ipattr)" (or zsh_source, fish_source).',
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _parameter, wanted: _version(context) if wanted else None,
    help=_t("版とデータ版を表示する。", "Print the version and the data version."),
)
def commands() -> None:
    """Hold the commands."""


def _version(context: click.Context) -> None:
    from ipattr.registry import open_registry
    from ipattr.version import __version__

    console.write(f"ipattr {__version__} (data {open_registry().data_version})\n")
    context.exit()


@commands.command(
    help=_t(
        "ログ(ファイル、- は標準入力)またはアドレスを調べる。既存のファイル名が優先する。",
        "Look up logs (files, - for standard input) or bare addresses; an existing file wins.",
    )
)
@click.argument("inputs", nargs=-1, required=True, metavar="LOG|ADDRESS...")
@click.option("--posts", multiple=True, metavar="F", help=_t("投稿の一覧。", "The posts complained of."))
@click.option(
    "--posts-tz",
    metavar="Z",
    help=_t("投稿時刻の時間帯(--tz は及ばない)。", "Zone of post times; --tz does not reach them."),
)
@_reading
@click.option(
    "--as-of",
    metavar="D",
    help=_t("基準日(既定は日本の今日)。", "Date that deadlines are judged on; default: today in Japan."),
)
@click.option(
    "--format",
    "to",
    type=click.Choice(["auto", "table", "json", "jsonl", "csv"]),
    default="auto",
    show_default=True,
    help=_t("auto は端末なら table、ほかは json。", "auto: table on a terminal, json elsewhere."),
)
@_lang
@_output
@_pretty
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
) -> int:
    """Run ``ipattr.lookup`` and print the case."""
    from ipattr import verbs

    page = _Page(to=to, lang=lang, output=output, pretty=pretty, inputs=(*inputs, *posts, *supersedes))
    with console.Progress(page.lang) as progress:
        case = verbs.lookup(
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
            memory=_memory(),
            data=_path(data),
            stdin=console.standard_input(),
            as_of=_day(as_of) if as_of else _today(),
            as_of_source="given" if as_of else "clock",
            ask=progress.asker(inputs),
            progress=progress.tell,
        )
    return page.deliver(case)


@commands.command(
    help=_t(
        "何が読めて何が読めなかったかを示す。照合はしない。", "Show what was read and what was not, without look-up."
    )
)
@click.argument("inputs", nargs=-1, required=True, metavar="LOG...")
@click.option(
    "--kind",
    type=click.Choice(["log", "posts"]),
    default="log",
    show_default=True,
    help=_t("ログか投稿の一覧か。", "Whether the files are logs or posts."),
)
@_reading
@click.option("--format", "to", type=click.Choice(["auto", "table", "json"]), default="auto", show_default=True)
@click.option(
    "--report",
    type=click.Choice(["html", "md"]),
    help=_t(
        "原本の各行と読み取りを並べた点検用の頁を出す。",
        "Write a page that sets each row of the original beside what was read, for a second person to check.",
    ),
)
@_lang
@_output
@_pretty
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

    page = _Page(to=report or to, lang=lang, output=output, pretty=pretty, inputs=(*inputs, *supersedes))
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
            memory=_memory(),
            data=_path(data),
            stdin=console.standard_input(),
            ask=progress.asker(inputs),
            progress=progress.tell,
        )
    if report is not None:
        page.write(verbs.checking_page(inputs, found, to=report, lang=page.lang, encoding=encoding, data=_path(data)))
    else:
        page.write(
            renderer.render(
                found, to=page.to, lang=page.lang, color=page.color, columns=page.columns, pretty=page.pretty
            )
        )
    page.remark(found.inputs, found.counts, found.findings)
    return _code(found.counts, found.findings)


@commands.command(
    help=_t(
        "ファイルの中の日時・アドレス・ポート・アカウントを、所在とともに拾い出す。組にはしない。",
        "Find every time, address, port and account in files, with its place; nothing is paired.",
    )
)
@click.argument("inputs", nargs=-1, required=True, metavar="FILE...")
@click.option("--tz", metavar="Z", help=_t("時間帯の記載がない時刻の時間帯。", "Zone of times that carry none."))
@click.option(
    "--epoch",
    type=click.Choice(["s", "ms"]),
    help=_t("UNIX 時刻も拾う。", "Find Unix times in s or ms too."),
)
@click.option("--encoding", metavar="E", help=_t("文字コードの宣言。", "Declare the encoding."))
@_data
@click.option("--format", "to", type=click.Choice(["auto", "table", "csv", "json"]), default="auto", show_default=True)
@_lang
@_output
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

    page = _Page(to=to, lang=lang, output=output, pretty=False, inputs=inputs)
    with console.Progress(page.lang) as progress:
        found = verbs.grep(
            inputs,
            tz=tz,
            epoch=epoch,
            encoding=encoding,
            data=_path(data),
            stdin=console.standard_input(),
            progress=progress.tell,
        )
    page.write(pieces.render(found, to=page.to, lang=page.lang))
    return DONE_WITH_REMARKS if any(piece.refusal is not None for piece in found) else DONE


@commands.command(help=_t("読める形式の一覧。", "List the forms that are read."))
@_lang
def forms(*, lang: str | None) -> int:
    """Print ``ipattr.forms()``: one form per line, and how one is declared."""
    from ipattr import verbs

    language = lang or _LANG
    console.write("".join(f"{form.name}\t{form.expects.pick(language)}\n" for form in verbs.forms()))
    return DONE


@commands.command(
    help=_t(
        "結果(JSON)の一行について、原文から判定までの道筋を出典とともに示す。",
        "Print one row's way through a result (JSON): raw cell, normalised, matched prefix, rule, source.",
    )
)
@click.argument("result")
@click.argument("row", type=int)
@_data
@_lang
@_output
def explain(*, result: str, row: int, data: str | None, lang: str | None, output: str | None) -> int:
    """Run ``ipattr.explain`` and print the way."""
    from ipattr import verbs

    page = _Page(to="table", lang=lang, output=output, pretty=False, inputs=(result,))
    page.write(
        verbs.explain(
            result, row, lang=page.lang, columns=page.columns, data=_path(data), stdin=console.standard_input()
        )
    )
    return DONE


@commands.command(
    help=_t("保存した結果(JSON)を別の形式で出す。照合はしない。", "Print a saved result (JSON) in another format.")
)
@click.argument("result", metavar="CASE.json")
@click.option(
    "--format",
    "to",
    type=click.Choice(["auto", "table", "json", "jsonl", "csv"]),
    default="auto",
    show_default=True,
)
@_lang
@_output
@_pretty
def report(*, result: str, to: str, lang: str | None, output: str | None, pretty: bool) -> int:
    """Run ``ipattr.report`` and print the case anew."""
    from ipattr import verbs

    page = _Page(to=to, lang=lang, output=output, pretty=pretty, inputs=(result,))
    return page.deliver(verbs.load_case(result, stdin=console.standard_input()))


@commands.command(help=_t("結果(JSON)の JSON Schema を出す。", "Print the JSON Schema of a result."))
def schema() -> int:
    """Print ``ipattr.schema()``."""
    import json

    from ipattr import verbs

    console.write(json.dumps(verbs.schema(), ensure_ascii=False, indent=2) + "\n")
    return DONE


@commands.group("data", help=_t("収録データの点検と状態。", "Check and describe the shipped data."))
def data_commands() -> None:
    """Hold the commands about ``data/``."""


@data_commands.command("check", help=_t("収録データを点検する。", "Run the linter over the data."))
@_data
@_lang
def data_check(*, data: str | None, lang: str | None) -> int:
    """Run ``ipattr.data_check``: one line per finding; exit code 4 for errors, 1 for warnings."""
    from ipattr import verbs
    from ipattr.renderers.layout import inert

    language = lang or _LANG
    findings = verbs.data_check(_path(data), as_of=_today())
    lines = [f"{f.code} {f.level} {f.about}: {f.message.pick(language)}" for f in findings]
    lines.append(f"{len(findings)}件" if language == "ja" else f"{len(findings)} findings")
    console.write("".join(inert(line) + "\n" for line in lines))
    levels = {finding.level for finding in findings}
    if "error" in levels:
        return DATA_INVALID
    return DONE_WITH_REMARKS if "warning" in levels else DONE


@data_commands.command(
    "status", help=_t("各表の件数、出典、日付、経過日数。", "Rows, source, date and age of each table.")
)
@_data
@click.option("--as-of", metavar="D", help=_t("経過日数の基準日。", "Date that ages are counted to."))
@click.option("--format", "to", type=click.Choice(["auto", "table", "json"]), default="auto", show_default=True)
@_lang
def data_status(*, data: str | None, as_of: str | None, to: str, lang: str | None) -> int:
    """Run ``ipattr.data_status`` and print one row per table."""
    from ipattr import verbs
    from ipattr.renderers import tables

    page = _Page(to=to, lang=lang, output=None, pretty=False, inputs=())
    rows = verbs.data_status(_path(data), as_of=_day(as_of) if as_of else _today())
    page.write(tables.render(rows, to=page.to, lang=page.lang, color=page.color, columns=page.columns))
    return DONE


@data_commands.command("readme", help=_t("data/README.md の本文を出す。", "Print the text of data/README.md."))
@_data
def data_readme(*, data: str | None) -> int:
    """Print ``ipattr.data_readme()``."""
    from ipattr import verbs

    console.write(verbs.data_readme(_path(data)))
    return DONE


class _Page:
    """Where and how a result goes out; every contradiction is refused before any input is read."""

    def __init__(self, *, to: str, lang: str | None, output: str | None, pretty: bool, inputs: Sequence[str]) -> None:
        """Settle format, language, colour and width."""
        self.output = None if output in {None, "-"} else output
        self.lang = lang or _LANG
        self.to = _format(to, self.output)
        terminal = self.output is None and console.on_terminal()
        self.color = self.output is None and console.with_color(os.environ)
        self.columns = console.width(os.environ) if terminal or "COLUMNS" in os.environ else console.PLAIN_WIDTH
        self.pretty = pretty or terminal
        self._differs = self.output is not None and to != "auto" and _named_by(self.output) not in {None, to}
        if self.output:
            console.refuse_input_as_output(self.output, [name for name in inputs if name != "-"])

    def deliver(self, case: Case) -> int:
        """Print a case and say on standard error what the format does not show to people; return the exit code."""
        from ipattr.renderers import encode

        self.write(encode(case, to=self.to, lang=self.lang, color=self.color, columns=self.columns, pretty=self.pretty))
        self.remark(case.inputs, case.counts, case.findings)
        if case.post_counts:
            self.remark(case.post_inputs, case.post_counts, ())
        return max(_code(case.counts, case.findings), _code(case.post_counts, ()))

    def write(self, result: str | bytes) -> None:
        """Write the result to the file or to standard output."""
        if self.output:
            console.replace_file(self.output, result)
            if self._differs:
                console.say(
                    _one_line(
                        f"{self.output}: 拡張子は別の形式のものだが、--format のとおり {self.to} で書いた。"
                        if self.lang == "ja"
                        else f"{self.output}: the suffix is that of another format; it was written as {self.to}, "
                        "as --format says."
                    )
                )
        else:
            console.write(result)

    def remark(self, inputs: Sequence[InputFile], counts: Counts, findings: Sequence[Finding]) -> None:
        """Say ledger, declared zones and what a person must not miss on standard error, unless a table has shown it."""
        if self.to == "table" and not self.output:
            return
        from ipattr.renderers.view import total
        from ipattr.renderers.words import conservation, declared

        console.say(conservation(*total(counts), lang=self.lang))
        for entry in inputs:
            if entry.declared_zone:
                console.say(_one_line(f"{entry.name}: {declared(entry.declared_zone, lang=self.lang)}"))
        for finding in findings:
            if finding.level == "error" or finding.code in _DIFFERENCES:
                console.say(_one_line(f"{finding.code} {finding.message.pick(self.lang)}"))


def _format(to: str, output: str | None) -> str:
    if to != "auto":
        return to
    if output is None:
        return "table" if console.on_terminal() else "json"
    from ipattr.renderers import SUFFIXES

    named = _named_by(output)
    if named is None:
        listed = " ".join(SUFFIXES)
        raise UsageError(
            ja=f"拡張子から出力形式が決まらない({listed} のいずれか、または --format)。",
            en=f"The suffix names no format; use one of {listed}, or --format.",
            where=output,
        )
    return named


def _named_by(output: str) -> str | None:
    """Return the format that the suffix of a file names, None when it names none."""
    from ipattr.renderers import SUFFIXES

    suffix = os.path.splitext(output)[1].lower()  # noqa: PTH122 - pathlib costs the start more
    return SUFFIXES.get(suffix)


def _path(text: str | None) -> Path | None:
    from pathlib import Path

    return Path(text) if text else None


def _memory() -> Path:
    return console.settings_folder(os.environ) / "mappings.json"


def _code(counts: Counts | None, findings: Sequence[Finding]) -> int:
    remarkable = counts is not None and (counts.review or counts.rejected)
    return DONE_WITH_REMARKS if remarkable or any(finding.level == "error" for finding in findings) else DONE


def _today() -> date:
    """Return today's date in Japan: the one place that reads the clock."""
    from datetime import UTC, datetime

    from ipattr.instants import jst_date

    return jst_date(datetime.now(UTC))


def _day(text: str) -> date:
    from ipattr.days import parse_day

    return parse_day(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; no failure shows a traceback or an address."""
    collecting = gc.isenabled()
    # A case only grows until it is printed: the collector would walk all of it again and again and free nothing.
    gc.disable()
    try:
        return _main(list(sys.argv[1:] if arguments is None else arguments))
    finally:
        if collecting:
            gc.enable()


def _main(given: list[str]) -> int:
    console.use_utf8()
    lang = console.language(given, os.environ)
    try:
        code = _run(given)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        console.mute()
        return READER_GONE
    except (KeyboardInterrupt, click.Abort):
        console.say("中断した。" if lang == "ja" else "Interrupted.")
        return INTERRUPTED
    except click.ClickException as error:
        console.say(_usage(error, lang))
        return USAGE
    except IpattrError as error:
        console.say(_one_line(error.sentence(lang)))
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last line: whatever it is, people get a sentence
        return _internal(error, lang)
    return code


def _run(given: list[str]) -> int:
    if "_IPATTR_COMPLETE" in os.environ:
        return int(commands.main(given, prog_name="ipattr", standalone_mode=False) or DONE)
    for argument in given:
        if not argument.isprintable() and any("\ud800" <= character <= "\udfff" for character in argument):
            raise UsageError(
                ja="引数に文字として読めないバイトがある。ファイル名を改められたい。",
                en="An argument holds bytes that are not text; rename the file.",
            )
    try:
        with commands.make_context("ipattr", given) as context:
            return int(commands.invoke(context) or DONE)
    except click.exceptions.Exit as end:
        return end.exit_code


def _usage(error: click.ClickException, lang: str) -> str:
    """Say what is wrong with the command line, and where its help is."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "ipattr"
    message = _one_line(error.format_message()) or error.__class__.__name__
    if lang != "ja":
        return f"{message} ({path} --help)"
    name = getattr(error, "option_name", "") or ""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            message = "コマンドがない。"
        case click.NoSuchOption():
            message = f"知らないオプション {name}。"
        case click.MissingParameter():
            parameter = error.param.make_metavar(context) if error.param and context else ""
            message = f"引数 {parameter} がない。"
        case click.BadParameter():
            message = f"値が正しくない: {message}"
        case _:
            message = f"使い方の誤り: {message}"
    return f"{message}({path} --help)"


def _one_line(text: str) -> str:
    from ipattr.renderers.layout import inert

    return inert(" ".join(text.split()))


def _internal(error: Exception, lang: str) -> int:
    """Say that the program itself failed; the error's own text may hold an address and is not printed."""
    if os.environ.get("IPATTR_DEBUG") == "1":
        import traceback

        console.say("".join(traceback.format_exception(error)))
    name = type(error).__name__
    console.say(
        f"内部エラー({name})。実行したコマンドと ipattr --version の表示を添えて報告されたい。ログは送らないこと。"
        "IPATTR_DEBUG=1 で詳細が出る。"
        if lang == "ja"
        else f"Internal error ({name}). Please report the command and what ipattr --version prints, never the log; "
        "IPATTR_DEBUG=1 shows where."
    )
    return INTERNAL
