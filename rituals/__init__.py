"""What the bot starts by itself: one file a ritual."""
