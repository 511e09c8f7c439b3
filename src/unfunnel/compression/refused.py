"""A likelihood that is left as its author wrote it."""

from __future__ import annotations

from unfunnel.errors import Reason


class Refused(Exception):  # noqa: N818
    """Not an error: how reading a likelihood ends when it cannot be compressed.

    Parameters
    ----------
    reason
        Why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.advice)
        self.reason = reason
