"""Tests of the WeCom adapter: pure ones beside, and whole ones against the fake over real sockets."""
