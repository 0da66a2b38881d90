"""The name under which the operating system knows who runs Clew."""

from __future__ import annotations

import os


def login_name() -> str:
    """The user's name, as the system knows it by the running process; variables such as LOGNAME may say anything."""
    if os.name != "posix":
        import getpass

        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container may run under a number that has no name
        return f"uid{os.geteuid()}"
