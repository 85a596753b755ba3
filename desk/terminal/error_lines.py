"""One line for an error at the terminal, in words for a person.

What a person can mend (the disk, a file's rights, a path that is not what it should be) is said without a traceback;
what only a programmer can mend keeps it. With --verbose the traceback of all is in the log.
"""

import errno

import structlog

from model.errors import BlobPlaceError, DataDirectoryError, LostDatabaseError, WiredeskError
from store.directory.disk_trouble import disk_trouble

_OF_A_PATH = frozenset(
    (
        errno.EACCES,
        errno.EEXIST,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EPERM,
        errno.ETXTBSY,
    )
)
_WHOLE_SENTENCES = (BlobPlaceError, DataDirectoryError, LostDatabaseError)


def error_line(error: BaseException) -> str | None:
    """What to say of an error; None where it is a programmer's."""
    structlog.get_logger("desk").debug("the command failed", exc_info=error)
    if isinstance(error, _WHOLE_SENTENCES):
        return str(error)
    trouble = disk_trouble(error)
    if trouble is not None:
        return f"{trouble}: {error}"
    if isinstance(error, WiredeskError):
        return str(error)
    if isinstance(error, OSError) and error.errno in _OF_A_PATH and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return None
