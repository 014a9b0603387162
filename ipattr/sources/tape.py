"""Recording and replaying: a folder of evidence stands in for the servers it came from."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ipattr.errors import NotRecordedError
from ipattr.sources.evidence import evidence_name, evidence_names, read_evidence, sync_folder, write_evidence

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Exchange, Request
    from ipattr.sources.interface import Answered, Notice, Transport

Key = tuple[str, str, str, str]


def record(folder: Path, inner: Transport) -> Transport:
    """Return a transport that carries requests out through ``inner`` and keeps every answer in ``folder``.

    Names go on from the highest number that is there. StoreError when an answer cannot be kept.
    """
    return _Recorder(folder, inner)


def replay(folder: Path) -> Transport:
    """Return a transport that answers from ``folder`` alone: nothing leaves, so nothing is announced as leaving.

    Several answers to one question are given in the order of their names, the last one for good. The folder is read and
    checked here: AlteredError where something in it was changed, NotRecordedError where there is no such folder.
    """
    return _Player(folder)


class _Recorder:
    def __init__(self, folder: Path, inner: Transport) -> None:
        self._folder = folder
        self._inner = inner
        numbers = [name.partition("-")[0] for name in evidence_names(folder)]
        self._number = max((int(number) for number in numbers if number.isdecimal()), default=0)

    async def fetch(self, request: Request, *, seconds: float, leaving: Notice) -> Answered:
        answered = await self._inner.fetch(request, seconds=seconds, leaving=leaving)
        self._number += 1
        await asyncio.to_thread(self._keep, self._number, answered)
        return answered

    async def close(self) -> None:
        await self._inner.close()

    def _keep(self, number: int, answered: Answered) -> None:
        write_evidence(self._folder, evidence_name(number, answered), answered)
        sync_folder(self._folder)


class _Player:
    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise NotRecordedError(
                ja="再生するフォルダーがない。", en="There is no such folder to replay.", where=folder.name
            )
        self._folder = folder
        self._names: dict[Key, list[str]] = {}
        for name in evidence_names(folder):
            self._names.setdefault(_key(read_evidence(folder, name).exchange), []).append(name)

    async def fetch(self, request: Request, *, seconds: float, leaving: Notice) -> Answered:
        del seconds, leaving
        names = self._names.get(_key(request))
        if not names:
            raise NotRecordedError(
                ja=f"再生するフォルダーに、この問い合わせの回答がない: {request.question.key}",
                en=f"The folder that is replayed holds no answer to: {request.question.key}",
                where=request.server,
            )
        return read_evidence(self._folder, names.pop(0) if len(names) > 1 else names[0])

    async def close(self) -> None:
        """Nothing is open."""


def _key(asked: Request | Exchange) -> Key:
    return asked.server, asked.question.key, asked.endpoint, asked.payload
