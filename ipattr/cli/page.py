"""Where and how a result goes out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipattr import console
from ipattr.cli.pieces import LANG, exit_code, one_line
from ipattr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Case, Counts, Finding, InputFile

ONLY = {"html": (".html", ".htm"), "md": (".md", ".markdown", ".txt"), "clause": (".txt",)}
DIFFERENCES = frozenset({"IPA705", "IPA706", "IPA707", "IPA708", "IPA720"})


class Page:
    """Where and how a result goes out; every contradiction is refused before any input is read."""

    def __init__(
        self,
        *,
        to: str,
        lang: str | None,
        output: str | None,
        pretty: bool,
        inputs: Sequence[str],
        case: str | None = None,
        formats: Sequence[str] = (),
    ) -> None:
        """Settle format, language, colour and width.

        ``case`` is a folder that nothing is written into beside what is kept there; ``formats`` those that the command
        can write, any when empty.
        """
        self.output = None if output in {None, "-"} else output
        self.lang = lang or LANG
        self.to = format_of(to, self.output)
        terminal = self.output is None and console.on_terminal()
        self.color = self.output is None and console.with_color(os.environ)
        self.columns = console.width(os.environ) if terminal or "COLUMNS" in os.environ else console.PLAIN_WIDTH
        self.pretty = pretty or terminal
        suited = self.output is not None and (
            named_by(self.output) in {None, to} or self.output.lower().endswith(ONLY.get(to, ()))
        )
        self._differs = self.output is not None and to != "auto" and not suited
        if formats and self.to not in formats:
            raise UsageError(
                ja=f"この命令の出力形式は {'、'.join(formats)} である。--format で選ぶ。",
                en=f"This command writes {' or '.join(formats)}; choose one with --format.",
                where=self.output or "",
            )
        if self.output and self.to in ONLY and not self.output.lower().endswith(ONLY[self.to]):
            raise UsageError(
                ja=f"出力は {self.to} である。拡張子を {'、'.join(ONLY[self.to])} とされたい(PDF は印刷で作る)。",
                en=f"The output is {self.to}: name it {' or '.join(ONLY[self.to])} (print it for a PDF).",
                where=self.output,
            )
        if self.output and case:
            refuse_inside(self.output, case)
        if self.output:
            console.refuse_input_as_output(self.output, [name for name in inputs if name != "-"])

    def deliver(self, case: Case, *, kept: bytes | None = None) -> int:
        """Print a case and say on standard error what the format does not show to people; return the exit code.

        ``kept`` is the case as a case folder keeps it, which is the JSON that is printed.
        """
        from ipattr.renderers import encode

        if kept is not None and self.to == "json" and not self.pretty:
            self.write(kept)
        else:
            self.write(
                encode(case, to=self.to, lang=self.lang, color=self.color, columns=self.columns, pretty=self.pretty)
            )
        return self.conclude(case)

    def conclude(self, case: Case) -> int:
        """Say on standard error what was read of a case; return the exit code it calls for."""
        self.remark(case.inputs, case.counts, case.findings)
        if case.post_counts:
            self.remark(case.post_inputs, case.post_counts, ())
        return max(exit_code(case.counts, case.findings), exit_code(case.post_counts, ()))

    def write(self, result: str | bytes) -> None:
        """Write the result to the file or to standard output."""
        if self.output:
            console.replace_file(self.output, result)
            if self._differs:
                console.say(
                    one_line(
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
                console.say(one_line(f"{entry.name}: {declared(entry.declared_zone, lang=self.lang)}"))
        for finding in findings:
            if finding.level == "error" or finding.code in DIFFERENCES:
                console.say(one_line(f"{finding.code} {finding.message.pick(self.lang)}"))


def refuse_inside(output: str, case: str) -> None:
    """Raise UsageError for an output in a case folder: ``verify`` would name it as added."""
    from pathlib import Path

    if Path(output).resolve().is_relative_to(Path(case).resolve()):
        raise UsageError(
            ja="出力先が事件フォルダーまたは台帳の中である。保存した証拠に混ざらないよう、外を指定されたい。",
            en="The output lies in the case folder or ledger, among the kept evidence; name a place outside.",
            where=output,
        )


def format_of(to: str, output: str | None) -> str:
    """Return the format asked for, else the one that the output calls for; raise UsageError for an unknown suffix."""
    if to != "auto":
        return to
    if output is None:
        return "table" if console.on_terminal() else "json"
    from ipattr.renderers import SUFFIXES

    named = named_by(output)
    if named is None:
        listed = " ".join(SUFFIXES)
        raise UsageError(
            ja=f"拡張子から出力形式が決まらない({listed} のいずれか、または --format)。",
            en=f"The suffix names no format; use one of {listed}, or --format.",
            where=output,
        )
    return named


def named_by(output: str) -> str | None:
    """Return the format that the suffix of a file names, None when it names none."""
    from ipattr.renderers import SUFFIXES

    suffix = os.path.splitext(output)[1].lower()  # noqa: PTH122 - pathlib costs the start more
    return SUFFIXES.get(suffix)
