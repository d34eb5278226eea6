"""The demonstration: a fictional partnership to look round in, and whom one may be in it."""
