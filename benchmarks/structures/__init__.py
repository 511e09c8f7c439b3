"""Hierarchical models at random: sampled as well as any, or refused with a reason, and never wrong."""
