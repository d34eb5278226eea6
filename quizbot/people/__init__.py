"""People, their units and posts: one at a time by a lead, or all together from a file."""
