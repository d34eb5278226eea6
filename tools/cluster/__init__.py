"""A cluster as deploy/cluster/ has it, of real programs on this machine, gone afterwards."""
