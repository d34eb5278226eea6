"""Questions as files of other systems: written from a bank, and read as drafts of one."""
