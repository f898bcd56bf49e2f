"""The demo as people see it: the real process, a real browser."""
