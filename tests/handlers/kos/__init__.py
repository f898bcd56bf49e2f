"""Mirrors handlers/kos/."""
