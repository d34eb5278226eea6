"""What people did: attempts, duties, messages and figures, with the only SQL there is."""
