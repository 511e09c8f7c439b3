"""What builds the documentation: pages that are executed, formulas without a network, the picture of the rooms."""
