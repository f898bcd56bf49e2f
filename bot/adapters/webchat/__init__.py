"""The local web chat: a platform of our own, for trying the bot with no account, for demos and for tests."""
