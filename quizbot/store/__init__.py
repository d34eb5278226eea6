"""What is kept: the tables, the database they are in, the trail of changes, backups."""
