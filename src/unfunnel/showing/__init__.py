"""How a value is shown in a terminal and as plain text."""
