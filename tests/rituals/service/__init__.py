"""Tests of duty: questions that wait, and words that were promised."""
