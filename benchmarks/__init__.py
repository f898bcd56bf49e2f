"""Measurements and training: run by `make bench` and `make eval`, never by the product."""
