"""What KOS say."""
