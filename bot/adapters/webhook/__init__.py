"""Outgoing webhooks: a platform that nobody talks on."""
