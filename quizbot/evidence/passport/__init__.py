"""Certificates as credentials that other installations verify, and theirs taken here."""
