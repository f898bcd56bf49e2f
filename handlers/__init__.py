"""What people say to the bot: one file an intent, one folder a speaker."""
