"""Mirrors bot/adapters/webhook/."""
