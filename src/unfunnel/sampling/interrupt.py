"""Ctrl-C that cannot get lost: a sampler may catch it and hand back half a run, or fail while it stops."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType
from typing import Any, Self


class Interruption:
    """While entered, remembers that Ctrl-C was pressed, besides raising KeyboardInterrupt as usual.

    Attributes
    ----------
    requested
        True once Ctrl-C was pressed.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: Any = None
        self._hook = sys.unraisablehook

    def __enter__(self) -> Self:
        # Only the main thread may set handlers; and a process told to ignore Ctrl-C (nohup) goes on ignoring it.
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
            self._before = signal.signal(signal.SIGINT, self._handle)
            self._hook, sys.unraisablehook = sys.unraisablehook, self._unraisable
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            sys.unraisablehook = self._hook

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed, whatever became of it since."""
        if self.requested:
            raise KeyboardInterrupt

    def _unraisable(self, error: Any) -> None:
        # Raised in a callback it would only be printed; `check` finds it all the same.
        if not issubclass(error.exc_type, KeyboardInterrupt):
            self._hook(error)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True
        raise KeyboardInterrupt
