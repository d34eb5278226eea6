"""What is kept of a person and for how long; a person's own data; erasure; the trail in words."""
