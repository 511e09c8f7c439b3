"""What `unfunnel check` and `unfunnel compare` do with a model in a file of its author's."""

from unfunnel.check.check import STEPS, Check, check_model
from unfunnel.check.source import model_from

__all__ = ["STEPS", "Check", "check_model", "model_from"]
