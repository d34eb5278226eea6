"""The pages: what the service knows, asked for and answered in a browser."""
