"""Facts and promises: frozen records in and out of the database."""
