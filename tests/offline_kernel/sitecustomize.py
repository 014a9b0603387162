"""Loaded by the kernel of a notebook: a socket towards any network, loopback too, ends the process.

The kernel itself speaks through files (ZeroMQ over ipc) and a pair of Unix sockets, so it needs no other.
"""

import os
import socket
import sys

SOCKET_OPENED = 99
_LOOKING_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    opened = event == "socket.__new__" and arguments[1] in {socket.AF_INET, socket.AF_INET6}
    if opened or event in _LOOKING_UP:
        os.write(2, f"{event} {arguments!r}\n".encode())
        os._exit(SOCKET_OPENED)


sys.addaudithook(_refuse)
