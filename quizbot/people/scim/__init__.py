"""People kept in step by a directory (SCIM 2.0): what it says is kept, then taken in as a file."""
