"""What is said before and after a query leaves: the plan, the question whether to go on, and how it went."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from ipattr import console
from ipattr.cli.pieces import DONE, DONE_WITH_REMARKS, one_line
from ipattr.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.casework.inquiry import Going
    from ipattr.cli.page import Page
    from ipattr.model import Consent, Outcome, Plan

SCREEN, FEW = 40, 3


class Conversation:
    """One command that may ask a registry: it shows the plan, obtains agreement, and reports the outcome."""

    def __init__(self, page: Page, *, yes: bool, dry_run: bool, progress: console.Progress | None = None) -> None:
        """Take how the command was called; ``dry_run`` means that no plan is agreed to."""
        self._page = page
        self._yes = yes
        self._dry_run = dry_run
        self._progress = progress
        self._shown = False
        self.exit_code = DONE
        self.kept: bytes | None = None

    def refuse_contradictions(self, *, online: bool, case: str | None, given: Sequence[str]) -> None:
        """Raise UsageError for options (``given``) that say nothing without ``--online``, and for asking nowhere."""
        if not online and given:
            options = "、".join(given), ", ".join(given)
            raise UsageError(
                ja=f"{options[0]} は --online とともに使う(--online がなければ何も照会しない)。",
                en=f"Nothing is asked without --online; use it with {options[1]}.",
            )
        if online and not case and not self._dry_run:
            raise UsageError(
                ja="照会の回答は事件フォルダーに保存する。--case DIR を指定されたい(作成は ipattr case init DIR)。",
                en="Answers are kept in a case folder: name one with --case DIR (`ipattr case init DIR` makes it).",
            )

    def going(self, progress: console.Progress | None = None) -> Going:
        """Return what the inquiry needs of its surroundings."""
        from datetime import UTC, datetime

        from ipattr.casework.inquiry import Going
        from ipattr.version import __version__

        self._progress = progress
        return Going(
            clock=lambda: datetime.now(UTC),
            tool_version=__version__,
            agree=self.agree,
            told=self.tell,
            progress=progress.count if progress is not None else None,
            dry_run=self._dry_run,
            closed=self._closed,
        )

    def agree(self, plan: Plan, consent: Consent | None) -> bool:
        """Show the plan and return whether it may be carried out; a person at a terminal is asked.

        At a terminal a long plan is shown in part, since nobody reads what has scrolled away; a dry run, and whatever
        is redirected, has all of it.
        """
        from ipattr.renderers.plan import render

        if self._dry_run:
            self._page.write(render(plan, to=self._page.to, lang=self._page.lang, columns=self._page.columns))
            self._shown = True
            return False
        ja = self._page.lang == "ja"
        long = len(plan.queries) > SCREEN and sys.stderr is not None and sys.stderr.isatty()
        console.say(self._table(plan, first=FEW if long else None))
        if long:
            console.say("全件は --dry-run で示す。" if ja else "--dry-run shows every query.")
        if self._yes or not plan.queries:
            return True
        if consent is not None:
            console.say(
                one_line(
                    f"記録済みの同意による(目的: {consent.purpose}、{consent.by}、{consent.expires} まで)。"
                    if ja
                    else f"By the recorded consent (purpose: {consent.purpose}; {consent.by}; until {consent.expires})."
                )
            )
            return True
        return self._asked(plan, whole=not long)

    def _table(self, plan: Plan, *, first: int | None) -> str:
        from ipattr.renderers.plan import render

        columns = console.width_of(sys.stderr, os.environ)
        return render(plan, to="table", lang=self._page.lang, columns=columns, first=first).rstrip("\n")

    def _asked(self, plan: Plan, *, whole: bool) -> bool:
        """Ask a person; the whole of a plan that was shown in part is one letter away."""
        ja = self._page.lang == "ja"
        terminals = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
        if not terminals:
            raise RefusedError(
                ja="同意がないので何も送らなかった。計画を読んだうえで --yes を付けるか、"
                "ipattr case consent で同意を記録されたい。",
                en="Nothing was sent, for want of agreement: read the plan, then add --yes, or record a consent "
                "with `ipattr case consent`.",
            )
        count = len(plan.queries)
        question = f"照会(最大 {count:,} 件)を送ってよいか" if ja else f"Send these queries ({count:,} at most)?"
        if not whole:
            question += "。p で全件を表示" if ja else " p prints all of them"
        with self._progress.pausing() if self._progress is not None else nullcontext():
            answer = console.answer_to(question)
            while answer == "p" and not whole:
                console.say(self._table(plan, first=None))
                answer = console.answer_to(question)
        return answer in console.YES

    def _closed(self, head: str, kept: bytes) -> None:
        self.kept = kept
        ja = self._page.lang == "ja"
        console.say(f"事件の記録の先端: {head}" if ja else f"Head of the case's journal: {head}")

    def tell(self, outcome: Outcome) -> None:
        """Say how the plan went, and remember whether something stayed unanswered."""
        from ipattr.renderers.plan import render_outcome

        columns = console.width_of(sys.stderr, os.environ)
        first = SCREEN if sys.stderr is not None and sys.stderr.isatty() else None
        console.say(render_outcome(outcome, lang=self._page.lang, columns=columns, first=first).rstrip("\n"))
        if outcome.unanswered:
            self.exit_code = DONE_WITH_REMARKS

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Let a dry run end where nothing was agreed to, once its plan has been shown."""
        try:
            yield
        except RefusedError:
            if not self._shown:
                raise
