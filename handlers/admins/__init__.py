"""What admins say."""
