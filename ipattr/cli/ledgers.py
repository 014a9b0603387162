"""The commands that keep a ledger: captures of one's own, and what others saw."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ipattr import console
from ipattr.cli.destinations import destination_commands, host_names, host_option, now, page_of, platform_id, tz_option
from ipattr.cli.pieces import (
    DONE,
    DONE_WITH_REMARKS,
    data_option,
    lang_option,
    one_line,
    options,
    output_into,
    path,
    t,
)
from ipattr.errors import RefusedError, SourceError, StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.casework.watching import Watching
    from ipattr.cli.page import Page
    from ipattr.model import CaptureOutcome, CapturePlan, Confidence, HostRecord, Imported, ImportForm

capture_options = options(
    click.option("--ledger", required=True, metavar="DIR", help=t("台帳。なければ作る。", "Ledger; made if missing.")),
    click.option("--title", default="", help=t("新しい台帳の名。", "Name of a new ledger.")),
    click.option(
        "--resolver",
        multiple=True,
        metavar="R",
        help=t(
            "192.0.2.1、udp://、tcp://、tls://NAME[#証明書名]、https://NAME/dns-query、auth://ADDRESS(権威)。"
            "繰り返してよい。既定はこの計算機の設定。",
            "192.0.2.1, udp://…, tcp://…, tls://NAME[#name], https://NAME/dns-query, auth://ADDRESS; repeatable; "
            "default: this machine's.",
        ),
    ),
    click.option(
        "--authoritative", is_flag=True, help=t("権威ネームサーバにも尋ねる。", "Ask the authoritative servers too.")
    ),
    click.option(
        "--type",
        "types",
        type=click.Choice(["A", "AAAA", "HTTPS"]),
        multiple=True,
        default=["A", "AAAA", "HTTPS"],
        show_default=True,
        help=t("尋ねるレコード(CNAMEは応答に含まれる)。", "Records asked for; CNAMEs come with the answers."),
    ),
    click.option(
        "--rounds",
        type=click.IntRange(1, 20),
        default=2,
        show_default=True,
        help=t("入れ替わりを見るために繰り返す回数。", "How often each is asked, to see rotation."),
    ),
    click.option(
        "--subnet",
        default="",
        metavar="CIDR",
        help=t(
            "この地点からの問合せとして尋ねる(EDNS Client Subnet)。開示されたアドレスは使わない。",
            "Ask as if from this subnet (EDNS client subnet); never use a disclosed address.",
        ),
    ),
    click.option(
        "--vantage",
        default="",
        metavar="TEXT",
        help=t("どこから観測するか(例: 東京、○○光)。書証に載る。", "Where you observe from; printed in filings."),
    ),
    click.option(
        "--every-host",
        is_flag=True,
        help=t("ログインの接続先とみないホストも。", "Hosts no login goes to as well."),
    ),
    click.option(
        "--rate",
        type=click.FloatRange(0.1, 200),
        metavar="N",
        help=t("リゾルバーごとの毎秒の上限(既定は20)。", "Most queries a second and resolver; default: 20."),
    ),
    click.option(
        "--timeout",
        "seconds",
        type=click.FloatRange(0.2, 60),
        default=5.0,
        show_default=True,
        metavar="S",
        help=t("一つの問合せの制限時間(秒)。", "Seconds for one query."),
    ),
    click.option("--roots", metavar="PEM", help=t("DoT・DoH の追加の証明書。", "Further certificates (DoT, DoH).")),
    click.option("--every", metavar="6h", help=t("この間隔で続ける(m、h、d)。", "Go on at this interval (m, h, d).")),
    click.option(
        "--until",
        metavar="D",
        help=t(
            "--every の終わり(日付なら、その日の始まり。--tz と)。",
            "End of --every; a date means its start and needs --tz.",
        ),
    ),
    click.option("--dry-run", is_flag=True, help=t("何を送るかだけを示す。", "Print only what would be sent.")),
)


@destination_commands.command(
    "capture",
    help=t(
        "プラットフォーム(複数可、all はすべて)の各ホストを各リゾルバーに尋ね、受け取ったままの応答を台帳に加える。"
        "送るのは公開のホスト名だけである。",
        "Ask every resolver about every host of the platforms (all: every one) and append the answers as received to a "
        "ledger. Only public host names leave.",
    ),
)
@click.argument("platforms", nargs=-1, required=True, metavar="PLATFORM...")
@host_option
@capture_options
@tz_option
@data_option
@click.option("--format", "to", type=click.Choice(["auto", "table", "json"]), default="auto", show_default=True)
@lang_option
@output_into(".txt", ".json")
def capture(  # noqa: PLR0913 - one argument per option
    *,
    platforms: tuple[str, ...],
    host: tuple[str, ...],
    ledger: str,
    title: str,
    resolver: tuple[str, ...],
    authoritative: bool,
    types: tuple[HostRecord, ...],
    rounds: int,
    subnet: str,
    vantage: str,
    every_host: bool,
    rate: float | None,
    seconds: float,
    roots: str | None,
    every: str | None,
    until: str | None,
    dry_run: bool,
    tz: str | None,
    data: str | None,
    to: str,
    lang: str | None,
    output: str | None,
) -> int:
    """Run ``ipattr.destinations_capture`` and print how each round went."""
    from pathlib import Path

    from ipattr import verbs

    page = page_of(to, lang=lang, output=output, formats=("table", "json"), case=ledger)
    talk = _Talk(page, ledger=ledger, platform=platform_id(platforms[0]), scheduled=every is not None, dry_run=dry_run)
    with console.Progress(page.lang) as progress, talk.ending():
        verbs.destinations_capture(
            tuple(map(platform_id, platforms)),
            ledger=Path(ledger),
            going=talk.watching(progress),
            host=host_names(host),
            resolver=resolver,
            authoritative=authoritative,
            types=tuple(dict.fromkeys(types)),
            rounds=rounds,
            subnet=subnet,
            vantage=vantage,
            every_host=every_host,
            rate=rate,
            seconds=seconds,
            title=title,
            roots=path(roots),
            every=every,
            until=until,
            tz=tz,
            data=path(data),
        )
    return talk.exit_code


class _Talk:
    """What is said about the rounds of one command: the plan before, the outcome of each after."""

    def __init__(self, page: Page, *, ledger: str, platform: str, scheduled: bool, dry_run: bool) -> None:
        self._page = page
        self._ledger = ledger
        self._platform = platform
        self._scheduled = scheduled
        self._dry_run = dry_run
        self.exit_code = DONE

    def watching(self, progress: console.Progress) -> Watching:
        """Return what the capture needs of its surroundings."""
        import time

        from ipattr.casework.watching import Watching

        def sleep(seconds: float) -> None:
            with progress.pausing():  # or a log would say every ten seconds that nothing happens
                time.sleep(seconds)

        return Watching(clock=now, sleep=sleep, agree=self._agree, told=self._tell, progress=progress.reach)

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Let a dry run end where its plan has been shown."""
        try:
            yield
        except RefusedError:
            if not self._dry_run:
                raise

    def _agree(self, plan: CapturePlan) -> bool:
        """Show what is going to leave: public host names alone, as the command was given for, so nobody is asked."""
        from ipattr.renderers.destinations import render_capture_plan

        page = self._page
        if self._dry_run:
            page.write(render_capture_plan(plan, to=page.to, lang=page.lang, columns=page.columns))
            return False
        columns = console.width_of(sys.stderr, os.environ)
        console.say(render_capture_plan(plan, to="table", lang=page.lang, columns=columns).rstrip("\n"))
        return True

    def _tell(self, outcome: CaptureOutcome | StoreError) -> None:
        """Print how a round went; in a schedule on standard error, since no end may ever come."""
        from ipattr.renderers.destinations import render_capture

        page = self._page
        if isinstance(outcome, StoreError):
            self.exit_code = DONE_WITH_REMARKS
            console.say(one_line(outcome.sentence(page.lang)))
            return
        code = _code(outcome)
        self.exit_code = max(self.exit_code, min(code, DONE_WITH_REMARKS) if self._scheduled else code)
        if self._scheduled:
            # Rounds stand one below the other in a log: a blank line parts them.
            console.say("\n" + render_capture(outcome, to="table", lang=page.lang, columns=page.columns).rstrip("\n"))
            return
        page.write(render_capture(outcome, to=page.to, lang=page.lang, columns=page.columns))
        if outcome.statuses.get("answered"):
            self._say_what_next()

    def _say_what_next(self) -> None:
        from shlex import quote

        ledger, platform = quote(self._ledger), quote(self._platform if self._platform != "all" else "x")
        console.say(
            one_line(
                f"次: ipattr destinations {platform} --ledger {ledger}(候補)、ipattr verify {ledger}(検査)、"
                f"ipattr case stamp {ledger} --tsa URL(時刻認証)。"
                if self._page.lang == "ja"
                else f"Next: ipattr destinations {platform} --ledger {ledger} (candidates), ipattr verify {ledger} "
                f"(check), ipattr case stamp {ledger} --tsa URL (time stamp)."
            )
        )


@destination_commands.command(
    "import",
    help=t(
        "他者の観測(パッシブDNS、dnsx、hosts、ゾーンファイル)を出所とともに台帳に加える。",
        "Append what others saw (passive DNS, dnsx, hosts files, zone files), with its source, to a ledger.",
    ),
)
@click.argument("platform", metavar="PLATFORM")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--ledger", required=True, metavar="DIR", help=t("台帳。なければ作る。", "Ledger; made if missing."))
@click.option(
    "--form",
    type=click.Choice(["cof", "dnsx", "hosts", "zone"]),
    required=True,
    help=t(
        "cof は Passive DNS Common Output Format、dnsx は dnsx -json。",
        "cof: passive DNS Common Output Format; dnsx: dnsx -json.",
    ),
)
@click.option("--source", required=True, metavar="TEXT", help=t("誰の観測か。書証に載る。", "Who saw it; printed."))
@click.option(
    "--confidence",
    type=click.Choice(["high", "medium", "low"]),
    default="low",
    show_default=True,
    help=t("どこまで信頼するか。", "How far to trust it."),
)
@click.option(
    "--observed-at",
    default="",
    metavar="DATE|INSTANT",
    help=t(
        "hosts と zone はいつのものか(日付は協定世界時の日付とみる)。",
        "When a hosts or zone file was as it is (a date is a UTC date).",
    ),
)
@click.option("--vantage", default="", metavar="TEXT", help=t("どこからの観測か。", "Where it was seen from."))
@click.option("--zone", default="", metavar="NAME", help=t("ゾーンファイルの起点。", "Origin of a zone file."))
@data_option
@click.option("--format", "to", type=click.Choice(["auto", "table", "json"]), default="auto", show_default=True)
@lang_option
@output_into(".txt", ".json")
def import_(  # noqa: PLR0913 - one argument per option
    *,
    platform: str,
    files: tuple[str, ...],
    ledger: str,
    form: ImportForm,
    source: str,
    confidence: Confidence,
    observed_at: str,
    vantage: str,
    zone: str,
    data: str | None,
    to: str,
    lang: str | None,
    output: str | None,
) -> int:
    """Run ``ipattr.destinations_import`` for each file; exit code 1 when a row was not read or was screened out."""
    from pathlib import Path

    from ipattr import verbs
    from ipattr.renderers.destinations import render_imported

    page = page_of(to, lang=lang, output=output, inputs=files, formats=("table", "json"), case=ledger)
    if len(set(files)) < len(files):
        raise UsageError(ja="同じファイルが二度指定されている。", en="The same file is named twice.")
    found: list[Imported] = []
    try:
        for file in files:
            found += verbs.destinations_import(
                platform_id(platform),
                [Path(file)],
                ledger=Path(ledger),
                now=now(),
                form=form,
                source=source,
                confidence=confidence,
                observed_at=observed_at,
                vantage=vantage,
                zone=zone,
                data=path(data),
            )
    finally:
        # What was taken in before a file that could not be is in the ledger: it is told all the same.
        texts = [render_imported(one, to=page.to, lang=page.lang, columns=page.columns) for one in found]
        if texts:
            page.write(f"[{','.join(text.strip() for text in texts)}]\n" if page.to == "json" else "\n".join(texts))
    remarkable = any(one.rejects or any(entry.status == "rejected" for entry in one.observations) for one in found)
    return DONE_WITH_REMARKS if remarkable else DONE


def _code(outcome: CaptureOutcome) -> int:
    """Return 0 when every query was answered one way or another, 5 when none was, else 1."""
    silent = {"timed-out", "unreachable", "tls-failed", "http-error", "withheld", "truncated", "malformed"}
    lost = sum(count for status, count in outcome.statuses.items() if status in silent) + outcome.unasked
    if lost and lost == outcome.planned + outcome.further:
        return SourceError.exit_code
    from ipattr.model import SET_ASIDE

    aside = any(one.judgement in SET_ASIDE for one in outcome.judged)
    return DONE_WITH_REMARKS if lost or aside else DONE
