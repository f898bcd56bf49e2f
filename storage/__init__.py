"""Facts and promises: SQLAlchemy Core in, frozen records out. Knows no network, clock or platform."""
