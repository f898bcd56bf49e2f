"""Telegram: the only folder that knows the Bot API and python-telegram-bot."""
