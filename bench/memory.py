"""How much memory a tree of processes takes: its largest member."""

from __future__ import annotations

from pathlib import Path


def largest_mb(root: int) -> int:
    """Resident megabytes of the largest process under `root`, itself included; shared memory aside."""
    return max((_own_mb(pid) for pid in tree(root)), default=0)


def tree(root: int) -> list[int]:
    """`root` and all processes below it, parents first."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _own_mb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    read = {
        name: int(value.split()[0])
        for name, _, value in (line.partition(":") for line in lines)
        if name in ("VmRSS", "RssShmem")
    }
    return (read.get("VmRSS", 0) - read.get("RssShmem", 0)) // 1024
