"""The running bot: the only storey that knows networks, clocks and files."""
