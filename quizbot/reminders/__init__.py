"""What is said to whom and when: the nightly round, digests and letters, quiet hours."""
