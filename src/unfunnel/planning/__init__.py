"""Deciding, before anything is done: which coordinates every variable of a model is to have.

The room is not called ``plan``, because that is the name of its function in :mod:`unfunnel`.
"""

from unfunnel.planning.blocks import Block
from unfunnel.planning.choice import Choice
from unfunnel.planning.decide import Request, plan
from unfunnel.planning.plan import Plan

__all__ = ["Block", "Choice", "Plan", "Request", "plan"]
