"""Tests of what the clock starts."""
