"""`python -m sayso.serve.child PARENT SIGNAL MODULE …`: run a module that ends with its parent."""

import ctypes
import os
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tie_to_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Have the kernel send us `number` when process `parent` dies; ends us now if it is dead already.

    Call in the main thread of a child. Done here and not between fork and exec, where only a process
    without threads may run Python.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        sys.exit(0)


def command(module: str, *arguments: str, number: int = signal.SIGTERM) -> list[str]:
    """The command that runs `module` as a child of this process."""
    python = [sys.executable, "-X", "faulthandler", "-m", "sayso.serve.child"]
    return [*python, str(os.getpid()), str(int(number)), module, *arguments]


def main() -> None:
    """Tie this process to its parent, then become the module."""
    parent, number, module = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    tie_to_parent(parent, number)
    sys.argv = [module, *sys.argv[4:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
