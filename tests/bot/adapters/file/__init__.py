"""Mirrors bot/adapters/file/."""
