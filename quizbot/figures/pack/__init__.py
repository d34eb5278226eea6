"""The inspection pack: one ZIP with a paper and the tables behind it."""
