"""Modules as published: what people are asked, what it rests on, who has read it."""
