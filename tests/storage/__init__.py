"""Tests of facts and promises."""
