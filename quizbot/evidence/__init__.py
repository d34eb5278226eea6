"""What shows that something was understood: attestations, certificates, the guide to talk from."""
