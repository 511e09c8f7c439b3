from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest

from unfunnel.sampling.arguments import Arguments
from unfunnel.sampling.interrupt import Interruption


def press():
    os.kill(os.getpid(), signal.SIGINT)


def test_it_raises_and_is_remembered_even_if_swallowed():
    with Interruption() as interruption:
        interruption.check()
        with pytest.raises(KeyboardInterrupt):
            press()
        assert interruption.requested
        with pytest.raises(KeyboardInterrupt):
            interruption.check()


def test_the_handler_of_before_comes_back():
    before = signal.getsignal(signal.SIGINT)
    with Interruption():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_a_process_told_to_ignore_it_goes_on_ignoring():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            press()
            assert not interruption.requested
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_pilot_is_given_up(informed: Any) -> None:
    """It has nothing to hand out; a run that has is tested with a process of its own."""
    compiled, start = informed._engine.compiled, informed._engine.start.author
    timer = threading.Timer(0.2, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        compiled.run(start, Arguments(1_000_000, tune=10, chains=2, target_accept=0.8), seed=1)
    timer.join()
