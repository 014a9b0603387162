"""Network drives: where locks and flushes are promises of another machine, no case folder is written."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_NETWORK = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smb2", "smbfs", "9p", "afpfs", "webdav", "davfs", "ncpfs", "afs", "ceph",
        "glusterfs", "lustre", "fuse.sshfs", "fuse.davfs2", "fuse.rclone", "fuse.gvfsd-fuse", "fuse.glusterfs",
        "fuse.s3fs",
    }
)  # fmt: skip
_ESCAPE = re.compile(rb"\\([0-7]{3})")
_REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


def network_kind(folder: Path) -> str:
    """Return the kind of network file system that ``folder`` lies on, empty for a local one or where none can be told.

    Linux says it in ``/proc/self/mountinfo``; on Windows a UNC path or a mapped drive does; macOS is not asked.
    """
    if sys.platform == "win32":
        return _windows(folder)
    try:
        mounts = Path("/proc/self/mountinfo").read_bytes()
    except OSError:
        return ""
    return kind_in(mounts, folder.resolve())


def kind_in(mountinfo: bytes, path: Path) -> str:
    """Return the network file system of the innermost mount above an absolute ``path``, empty for any other.

    ``mountinfo`` as in proc(5): field 5 is the mount point with octal escapes, the type follows the lone hyphen. Of two
    mounts on one point the later covers the earlier.
    """
    best, kind = -1, ""
    parts = str(path).encode(errors="surrogateescape").rstrip(b"/") + b"/"
    for line in mountinfo.splitlines():
        before, _, after = line.partition(b" - ")
        fields, rest = before.split(b" "), after.split(b" ")
        if len(fields) < 5 or not rest[0]:  # noqa: PLR2004 - proc(5): the mount point is the fifth
            continue
        point = _ESCAPE.sub(lambda match: bytes([int(match[1], 8)]), fields[4]).rstrip(b"/") + b"/"
        if parts.startswith(point) and len(point) >= best:
            best, kind = len(point), rest[0].decode(errors="replace")
    return kind if kind in _NETWORK else ""


def _windows(folder: Path) -> str:
    """Return ``unc`` or ``mapped drive`` for a remote path on Windows."""
    drive = folder.absolute().drive
    if drive.startswith("\\\\"):
        return "unc"
    if sys.platform == "win32":
        import ctypes

        if ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _REMOTE_DRIVE:
            return "mapped drive"
    return ""
