"""What leads keep in order: people, files of them, units."""
