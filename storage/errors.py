"""What can go wrong with stored facts; raised by repositories, turned into words by handlers."""


class StorageError(Exception):
    """Base of everything the storage storey raises by its own name."""


class NotFoundError(StorageError):
    """No row has that key."""


class ConflictError(StorageError):
    """Somebody else changed the row since it was read (compare-and-set lost)."""


class InvalidTransitionError(StorageError):
    """A feedback cannot move from the status it has to the one asked for."""


class StorageBusyError(StorageError):
    """The database is locked, full or gone for the moment; try the same work again later."""


class NewerDatabaseError(StorageError):
    """The database was written by a newer version of this program and is left untouched."""
