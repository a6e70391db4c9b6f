# Copyright (c) COMNet contributors. All rights reserved.
"""Looks at other processes, where there is a /proc."""

from pathlib import Path


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    stat = _stat(pid)
    return bool(stat) and stat[0] != 'Z'


def descendants(pid: int) -> set[int]:
    """Return the children of a process, their children, and so on."""
    parents = {
        int(path.name): int(stat[1]) for path in Path('/proc').glob('[0-9]*')
        if (stat := _stat(int(path.name)))}
    found, last = set[int](), {pid}
    while last:
        last = {child for child, parent in parents.items() if parent in last}
        found |= last
    return found


def _stat(pid: int) -> list[str]:
    """Return a process's state, parent and so on; none where it is gone."""
    try:
        stat = Path(f'/proc/{pid}/stat').read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return stat.rsplit(')', 1)[1].split()
