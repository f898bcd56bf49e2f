"""Understanding of members' texts, offline: words, class, likeness. No database, no network."""
