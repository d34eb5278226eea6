"""Who must take what by when: requirements, requests, dispensations, and where each stands."""
