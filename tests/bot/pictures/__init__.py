"""Tests of how charts look."""
