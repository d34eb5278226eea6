"""The bot: one conversation, and an adapter for each channel that it is held on."""
