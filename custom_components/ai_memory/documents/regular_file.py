"""Opening what may be no file at all."""

import errno
from io import BufferedReader
import os
from pathlib import Path
from stat import S_ISREG


def open_regular(path: Path, *, follow_links: bool = True) -> BufferedReader:
    """Open a file to be read. Blocks. Raises OSError, also where it is a folder, a pipe or a device."""
    links = 0 if follow_links else os.O_NOFOLLOW
    # A pipe without a writer would block.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | links)
    if not S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "Not a regular file")
    return os.fdopen(descriptor, "rb")
