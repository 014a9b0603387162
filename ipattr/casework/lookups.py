"""A look-up inside a case folder: what was read and answered is kept, and the result can be worked out again."""

from __future__ import annotations

import io
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple, NoReturn

import msgspec

from ipattr.case import OWN, Own, build_case, set_beside
from ipattr.casework.folders import open_casefolder
from ipattr.casework.inquiry import Wish, asked_of, kept_answers, modes_of, needs_of, plan_inquiry, propose, pursue
from ipattr.errors import InputError, IpattrError, RefusedError, UsageError
from ipattr.inputs import STDIN, Declared, Material, find_platform, sort_out, unopened
from ipattr.model import Kept, LedgerExtract, Recipe
from ipattr.readers.asking import beside, load_answers
from ipattr.readers.mapping import MappingNeededError, load_remembered, remember
from ipattr.renderers.json import encode
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from ipattr.casework.inquiry import Going
    from ipattr.model import Answer, Case, KeptResult, NarrowingStep, Reading
    from ipattr.readers.asking import Ask
    from ipattr.registry import Registry
    from ipattr.store import CaseFolder

    Mappings = Mapping[tuple[str, ...], Mapping[str, str]]

_ANY = datetime(2000, 1, 1, tzinfo=UTC)


class Judged(NamedTuple):
    """What rows are judged by: the day, whether it was given or is that of the clock, and the office's own ledgers."""

    as_of: date
    source: Literal["given", "clock"]
    own: Own = OWN


class Asking(NamedTuple):
    """How a reading speaks with a person: which column is which, and which file it is at."""

    ask: Ask | None = None
    progress: Callable[[str], None] | None = None


def show_plan(
    material: Material, wish: Wish, *, case: Path | None, registry: Registry, going: Going, stdin: BinaryIO | None
) -> NoReturn:
    """Show ``going.agree`` what asking would send, and send and keep nothing; always ends in RefusedError."""
    reading, _ = material.read(registry, stdin=stdin)
    answers: tuple[Answer, ...] = ()
    if case is not None:
        with open_casefolder(case, clock=going.clock, readonly=True) as folder:
            answers = kept_answers(folder)
    plan = plan_inquiry(needs_of(reading, registry), wish, registry=registry, answers=answers, now=going.clock())
    if going.agree(plan, None):
        raise UsageError(
            ja="照会には事件フォルダーが要る(--case DIR、作成は ipattr case init DIR)。",
            en="Asking needs a case folder: --case DIR, made by `ipattr case init DIR`.",
        )
    raise RefusedError(ja="何も送らなかった。", en="Nothing was sent.")


def look_up_in(
    case: Path,
    material: Material,
    *,
    wish: Wish | None,
    registry: Registry,
    judged: Judged,
    going: Going,
    stdin: BinaryIO | None = None,
    asking: Asking = Asking(),  # noqa: B008 - a NamedTuple of Nones
) -> Case:
    """Keep the inputs, read the kept copies, ask what ``wish`` says (None: nothing leaves), and keep the result.

    What the office's ledgers say is kept as well, since they go on growing.
    """
    with open_casefolder(case, clock=going.clock) as folder:
        stored = Stored.take(material, registry, folder=folder, stdin=stdin)
        stored.keep_ledgers(judged.own)
        reading, posted = stored.read(registry, asking)
        plan = outcome = None
        judge = partial(
            build_case,
            reading,
            posted,
            registry=registry,
            platform=material.platform,
            as_of=judged.as_of,
            as_of_source=judged.source,
            own=judged.own,
        )
        if wish is None:
            answers, offline = kept_answers(folder), judge()
        else:
            known, plan = propose(needs_of(reading, registry), wish, registry=registry, folder=folder, going=going)
            # No answer changes these verdicts, so they are worked out while the answers are awaited.
            with ThreadPoolExecutor(1) as meanwhile:
                judging = meanwhile.submit(judge)
                answers, outcome = pursue(plan, registry=registry, ledger=folder, known=known, going=going)
                offline = judging.result()
        as_asked = wish or asked_before(folder)
        asked = asked_of(answers, folder=folder, wish=as_asked, plan=plan, outcome=outcome)
        result = set_beside(offline, asked, registry=registry, modes=modes_of(folder))
        as_asked = as_asked if wish is not None else msgspec.structs.replace(as_asked, sources=())
        recipe = stored.recipe(as_asked, judged=judged, data_version=registry.data_version)
        names = tuple(answer.name for answer in answers)
        encoded = encode(result, pretty=False)
        folder.add_result(encoded, msgspec.to_builtins(recipe), inputs=stored.hashes, evidence=names)
        # The result bears the head before its own line; whoever wants to show that none was cut off needs this one.
        head = folder.head
    if going.closed is not None:
        going.closed(head, encoded)
    return result


def asked_before(folder: CaseFolder) -> Wish:
    """Return how the last result for which anything was asked was asked: its answers are what is kept."""
    for result in reversed(folder.results()):
        recipe = recipe_of(result)
        if recipe.sources:
            return Wish(sources=recipe.sources, mode=recipe.mode, probe=recipe.probe)
    return Wish()


def recipe_of(result: KeptResult) -> Recipe:
    """Return what a result was made from; raise UsageError where a version of another make wrote that down."""
    try:
        return msgspec.convert(result.options, Recipe)
    except msgspec.ValidationError as error:
        raise UsageError(
            ja=f"この結果の作り方の記録が、この版では読めない({error})。",
            en=f"What this result was made from is not written as this version reads it ({error}).",
            where=result.file.path,
        ) from None


class Stored:
    """The files that a look-up names, as the folder keeps them: what is read is what is kept."""

    def __init__(self, material: Material, kept: Mapping[str, Kept], *, folder: CaseFolder) -> None:
        """Take what stands in the folder for each name given."""
        self.material = material
        self._kept = kept
        self._folder = folder
        paths = {entry.text for entry in kept.values() if entry.kind != "address"}
        self.hashes = tuple(entry.file.sha256 for entry in folder.inputs() if entry.file.path in paths)
        self._memory = ""
        self._ledgers: tuple[str, ...] = ()
        self._without: tuple[NarrowingStep, ...] = ()
        # The journal sorts keys: in that order the mapping is used, so that the result can be made again.
        self._mapping = dict(sorted(material.declared.fields().items()))

    @classmethod
    def take(cls, material: Material, registry: Registry, *, folder: CaseFolder, stdin: BinaryIO | None) -> Stored:
        """Keep every named file; raise InputError for one that cannot be opened."""
        files, _ = sort_out(material.inputs, registry.specials)
        named = dict.fromkeys([*files, *map(str, material.posts), *map(str, material.supersedes)])
        contents = {name: _bytes(name, stdin) for name in named}
        kept = {str(entry): Kept(kind="address", text=str(entry)) for entry in material.inputs}
        for name, content in contents.items():
            path = folder.add_input("stdin" if name == STDIN else Path(name).name, content)
            kept[name] = Kept(kind="stdin" if name == STDIN else "file", text=path)
        return cls(material, kept, folder=folder)

    def keep_ledgers(self, own: Own) -> None:
        """Keep what each ledger says, as a file of its own, and which narrowing steps are turned off."""
        self._ledgers = tuple(
            self._folder.add_input(f"ledger-{extract.use.head[:12]}.json", msgspec.json.encode(extract))
            for extract in own.ledgers
        )
        self._without = own.without

    def read(self, registry: Registry, asking: Asking) -> tuple[Reading, Reading | None]:
        """Read the kept copies; an error names the file as the analyst did.

        A question which column is which is put about the original, so that its answer comes to lie beside that, and not
        in the folder.
        """
        try:
            return self._read(registry, asking.progress)
        except MappingNeededError:
            if asking.ask is None or any(entry.kind == "stdin" for entry in self._kept.values()):
                raise
            self.material.read(registry, ask=asking.ask)
            return self._read(registry, asking.progress)

    def _read(self, registry: Registry, progress: Callable[[str], None] | None) -> tuple[Reading, Reading | None]:
        piped = next((entry for entry in self._kept.values() if entry.kind == "stdin"), None)
        stdin = io.BytesIO(_copy(self._folder, piped.text)) if piped is not None else None
        with tempfile.TemporaryDirectory() as scratch:
            memory = Path(scratch) / "mappings.json"
            before = self._gather(memory, registry)
            try:
                read = self._material(memory).read(registry, stdin=stdin, progress=progress)
            except IpattrError as error:
                for name, entry in self._kept.items():
                    error.where = error.where.replace(str(self._folder.path / entry.text), name)
                raise
            self._remember(before, load_remembered(memory, self.material.platform))
        return read

    def _gather(self, memory: Path, registry: Registry) -> Mappings:
        """Bring the remembered mappings and the answers beside the inputs into one file, kept with the inputs."""
        own, platform = self.material.declared.memory, find_platform(registry, self.material.platform)
        if own is not None and own.is_file():
            memory.write_bytes(own.read_bytes())
        named = [name for name, entry in self._kept.items() if entry.kind == "file"] if platform is not None else []
        for name in named:
            # A name may be too long for that of the file beside it.
            answers = load_answers(name) if os.path.exists(beside(name)) else None  # noqa: PTH110
            for headers, mapping in (answers.mappings if answers is not None else {}).items():
                remember(memory, self.material.platform, headers, mapping)
        self._memory = self._folder.add_input("mappings.json", memory.read_bytes()) if memory.is_file() else ""
        return load_remembered(memory, self.material.platform)

    def _remember(self, before: Mappings, after: Mappings) -> None:
        """Hand what was learned on to the analyst's own memory; where that cannot be kept, it is declared again."""
        own = self.material.declared.memory
        if own is None:
            return
        for headers, mapping in after.items():
            if before.get(headers) != mapping:
                with suppress(InputError):
                    remember(own, self.material.platform, headers, mapping)

    def recipe(self, wish: Wish, *, judged: Judged, data_version: str) -> Recipe:
        """Return what this look-up was made from, for the journal."""
        declared = self.material.declared
        return Recipe(
            inputs=self._entries(self.material.inputs),
            posts=self._entries(self.material.posts),
            supersedes=self._entries(self.material.supersedes),
            platform=self.material.platform,
            tz=declared.tz,
            posts_tz=self.material.posts_tz,
            epoch=declared.epoch,
            encoding=declared.encoding,
            form=declared.form,
            mapping=self._mapping,
            memory=self._memory,
            accept_repairs=declared.accept_repairs,
            as_of=judged.as_of,
            as_of_source=judged.source,
            ledgers=self._ledgers,
            without=self._without,
            sources=wish.sources,
            mode=wish.mode,
            probe=wish.probe,
            tool_version=__version__,
            data_version=data_version,
        )

    def _entries(self, named: Sequence[str | Path]) -> tuple[Kept, ...]:
        return tuple(self._kept[str(entry)] for entry in named)

    def _material(self, memory: Path) -> Material:
        def there(named: Sequence[str | Path]) -> tuple[str | Path, ...]:
            return _named(self._folder, self._entries(named))

        return msgspec.structs.replace(
            self.material,
            inputs=there(self.material.inputs),
            posts=there(self.material.posts),
            supersedes=there(self.material.supersedes),
            declared=msgspec.structs.replace(self.material.declared, memory=memory, mapping=self._mapping or None),
        )


def _bytes(name: str, stdin: BinaryIO | None) -> bytes:
    if name == STDIN:
        if stdin is None:
            raise InputError(ja="標準入力が閉じている。", en="Standard input is closed.", where=STDIN)
        return stdin.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise unopened(error, name) from None


def work_out_again(
    folder: CaseFolder, recipe: Recipe, stored: Case, *, evidence: Sequence[str], registry: Registry, scratch: Path
) -> bytes:
    """Make a kept result anew from the kept inputs and answers alone, and return its bytes.

    What records the run itself (when it asked, how many queries) is taken over from ``stored``; every verdict is worked
    out. ``scratch`` is an empty private folder for a copy of the remembered mappings, which hold no address.
    """
    memory = scratch / "mappings.json"
    if recipe.memory:
        memory.write_bytes(_copy(folder, recipe.memory))
    declared = Declared(
        tz=recipe.tz,
        epoch=recipe.epoch,
        encoding=recipe.encoding,
        form=recipe.form,
        mapping=recipe.mapping or None,
        memory=memory,
        accept_repairs=recipe.accept_repairs,
    )
    material = Material(
        inputs=_named(folder, recipe.inputs),
        posts=_named(folder, recipe.posts),
        supersedes=_named(folder, recipe.supersedes),
        platform=recipe.platform,
        declared=declared,
        posts_tz=recipe.posts_tz,
    )
    piped = [kept.text for kept in (*recipe.inputs, *recipe.posts, *recipe.supersedes) if kept.kind == "stdin"]
    stdin = io.BytesIO(_copy(folder, piped[0])) if piped else None
    reading, posted = material.read(registry, stdin=stdin)
    answers = kept_answers(folder, evidence)
    wish = Wish(sources=recipe.sources, mode=recipe.mode, probe=recipe.probe)
    needs = needs_of(reading, registry)
    # What is held back depends on the addresses and the servers alone, so any instant will do.
    plan = plan_inquiry(needs, wish, registry=registry, answers=(), now=_ANY) if recipe.sources else None
    asked = asked_of(answers, folder=folder, wish=wish, plan=plan, outcome=None)
    offline = build_case(
        reading,
        posted,
        registry=registry,
        platform=recipe.platform,
        as_of=recipe.as_of,
        as_of_source=recipe.as_of_source,
        own=Own(
            ledgers=tuple(msgspec.json.decode(_copy(folder, path), type=LedgerExtract) for path in recipe.ledgers),
            without=recipe.without,
        ),
    )
    asked = asked._replace(inquiry=stored.inquiry or asked.inquiry)
    return encode(set_beside(offline, asked, registry=registry, modes=modes_of(folder)), pretty=False)


def _copy(folder: CaseFolder, path: str) -> bytes:
    """Return the bytes of a kept input; raise AlteredError when they are not what was kept."""
    return folder.read(next(entry.file for entry in folder.inputs() if entry.file.path == path))


def _named(folder: CaseFolder, kept: Sequence[Kept]) -> tuple[str | Path, ...]:
    named: list[str | Path] = []
    for entry in kept:
        match entry.kind:
            case "address":
                named.append(entry.text)
            case "stdin":
                named.append(STDIN)
            case "file":
                named.append(folder.path / entry.text)
    return tuple(named)
