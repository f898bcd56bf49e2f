"""Tests of what departments say."""
