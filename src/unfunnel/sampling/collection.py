"""Keeping Python's collector of reference cycles out of the way while graphs are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """While entered, cycles of references are not looked for.

    A compilation makes hundreds of thousands of objects, most of which live until it ends. The collector would look
    through all of them, and through all that PyTensor and numba hold anyway, again and again.

    Examples
    --------
    >>> import gc
    >>> with no_collection():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    if not gc.isenabled():
        # By whoever turned it off, another thread that compiles or the caller: it is theirs to turn on again.
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
