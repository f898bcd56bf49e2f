"""Tests of what members want."""
