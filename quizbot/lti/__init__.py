"""Inside learning systems: which are connected, who comes in from them, and what they are told."""
