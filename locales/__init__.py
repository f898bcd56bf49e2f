"""Every text the bot says, in Chinese and in English."""
