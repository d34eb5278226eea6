"""Questions on their way: drafts, who may write and read them, and what publishing would do."""
