"""Why a server is not asked any more, and why a query has no answer, in both languages."""

from __future__ import annotations

from ipattr.model import Text

LONGEST_WAIT = 120.0
"""Seconds: a server that asks us to wait longer is not asked any more in this run."""

USUAL_WAIT = 30.0
"""Seconds of a pause after a refusal that names no time."""

BAN_REST = 3600.0
"""Seconds for which a WHOIS server that spoke of limits is left alone, also by later runs of the same case: our choice,
since such a server names no time."""

STOPPED = Text(ja="このサーバーへの照会は中止された。", en="Asking this server was stopped.")


def too_long(host: str, seconds: float) -> Text:
    """Return that a server asks for a longer wait than we make."""
    return Text(
        ja=f"{host} が {seconds:.0f} 秒（上限 {LONGEST_WAIT:.0f} 秒）待つよう求めたので、照会をやめた。",
        en=f"{host} asks us to wait {seconds:.0f} s (we wait {LONGEST_WAIT:.0f} s at most); it is not asked any more.",
    )


def refused_again(host: str) -> Text:
    """Return that waiting as asked did not help."""
    return Text(
        ja=f"{host} が、求められたとおり待った後も照会を制限したので、以後は照会しない。",
        en=f"{host} refused again after we had waited as it asked; it is not asked any more.",
    )


def banned(host: str) -> Text:
    """Return that a WHOIS server speaks of limits."""
    return Text(
        ja=f"{host} が照会の制限を告げた。遮断されるおそれがあるので、以後は照会しない。",
        en=f"{host} says that queries are limited; asking on risks being blocked, so we stopped.",
    )


def still_banned(host: str, seconds: float) -> Text:
    """Return that a WHOIS server spoke of limits a short while ago."""
    return Text(
        ja=f"{host} が先ほど照会の制限を告げたので、あと {seconds / 60:.0f} 分は照会しない。",
        en=f"{host} said a short while ago that queries are limited; it is not asked for {seconds / 60:.0f} min more.",
    )


def dead(host: str, times: int) -> Text:
    """Return that a server could not be reached."""
    return Text(
        ja=f"{host} に {times} 回続けて接続できなかったので、以後は照会しない。",
        en=f"{host} could not be reached {times} times in a row; it is not asked any more.",
    )


def failing(host: str, times: int) -> Text:
    """Return that a server gave nothing of use."""
    return Text(
        ja=f"{host} から {times} 回続けて使える回答がなかったので、以後は照会しない。",
        en=f"{host} gave no usable answer {times} times in a row; it is not asked any more.",
    )


def no_use(status: str) -> Text:
    """Return that an answer was none, where the answer itself gives no reason."""
    return Text(ja=f"使える回答がなかった（{status}）。", en=f"No usable answer came ({status}).")
