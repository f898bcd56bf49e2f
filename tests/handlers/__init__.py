"""Tests of what people say to the bot."""
