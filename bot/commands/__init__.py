"""The commands of the command line, one file each; called by `bot/__main__.py`."""
