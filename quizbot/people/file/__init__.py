"""People files: read, checked, planned, and only then applied."""
