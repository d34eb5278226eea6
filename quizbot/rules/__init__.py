"""The rules: pure functions of what is handed in. No SQL, no clock, no chance of their own."""
