"""One folder a platform, all alike: parse.py, render.py, adapter.py."""
