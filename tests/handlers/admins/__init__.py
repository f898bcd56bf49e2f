"""Dialogues of admins."""
