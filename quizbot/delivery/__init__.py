"""What other systems of the house are told of results: learning record stores and webhooks."""
