"""Whole stories, told as dialogues."""
