"""What managers and boards see: read only, never a reply."""
