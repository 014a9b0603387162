"""The network guard of the suite itself must be able to fail."""

from __future__ import annotations

import socket

import pytest

pytest_plugins = ["pytester"]

DOCUMENTATION_ADDRESS = ("192.0.2.1", 9)


@pytest.mark.parametrize("call", ["connect", "connect_ex"])
def test_the_guard_refuses_what_leaves_and_fails_at_teardown(
    pytester: pytest.Pytester, root: object, call: str
) -> None:
    pytester.makeconftest((root / "tests" / "conftest.py").read_text(encoding="utf-8"))  # type: ignore[operator]
    pytester.makepyfile(
        f"""
        import socket

        def test_swallows():
            with socket.socket() as one:
                try:
                    one.{call}({DOCUMENTATION_ADDRESS!r})
                except PermissionError:
                    pass

        def test_datagram():
            with socket.socket(type=socket.SOCK_DGRAM) as one:
                try:
                    one.sendto(b"", {DOCUMENTATION_ADDRESS!r})
                except PermissionError:
                    pass
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2, errors=2)


def test_the_guard_lets_loopback_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
