"""Deciding, before anything is done: which coordinates every variable of a model is to have.

The room is not called ``plan``, because that is the name of its function in :mod:`unfunnel`.
"""

from unfunnel.planning.decide import Request, plan
from unfunnel.planning.plan import Choice, Plan

__all__ = ["Choice", "Plan", "Request", "plan"]
