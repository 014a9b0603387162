"""Loaded by the interpreter under test: any socket that is opened ends the process with a telling code."""

import os
import sys

SOCKET_OPENED = 99


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith("socket."):
        os.write(2, f"{event} {arguments!r}\n".encode())
        os._exit(SOCKET_OPENED)


sys.addaudithook(_refuse)
