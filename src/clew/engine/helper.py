"""Other processes of Clew that help this one, and what they are told and answer: for work that Python does itself.

A helper is a module that is run by the same Python. It reads from its standard input and answers on its standard
output. When its input ends it ends, and so it outlives nobody who started it, however that ends.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from typing import IO

import pyarrow as pa

_PATIENCE = 10  # seconds until a helper that does not end is ended


class Pipe:
    """Messages to another process and from it: eight bytes of length, then so many."""

    def __init__(self, give: IO[bytes], take: IO[bytes]) -> None:
        self._give, self._take = give, take

    def send(self, message: bytes) -> None:
        """Give a message.

        Raises:
            OSError: nobody is there to read it.
        """
        self._give.write(len(message).to_bytes(8, "big"))
        self._give.write(message)
        self._give.flush()

    def receive(self) -> bytes | None:
        """The next message; None at the end, and where one is cut off."""
        head = self._take.read(8)
        if len(head) < 8:
            return None
        size = int.from_bytes(head, "big")
        message = self._take.read(size)
        return message if len(message) == size else None

    def close(self) -> None:
        """Say that nothing more comes."""
        for end in (self._give, self._take):
            with contextlib.suppress(OSError):  # the other is gone, with what it was told last
                end.close()


class Helper(Pipe):
    """A process that runs a module, used by one thread at a time.

    Raises:
        OSError: it could not be started.
    """

    def __init__(self, module: str) -> None:
        # -P: nothing is loaded from the folder that the user is in, which may hold what others wrote. A session of its
        # own: a key press that stops this process must not make the helper complain.
        command = [sys.executable, "-P", "-m", module]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        if self.process.stdin is None or self.process.stdout is None:  # pipes were asked for
            raise OSError("no pipe to a helper process")
        super().__init__(self.process.stdin, self.process.stdout)

    def close(self) -> None:
        """End the process."""
        super().close()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def asked() -> Pipe:
    """In a helper: what it is told, and where it answers."""
    return Pipe(sys.stdout.buffer, sys.stdin.buffer)


def packed(rows: pa.RecordBatch) -> bytes:
    """A batch of rows as a message."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_batch(rows)
    return sink.getvalue()


def unpacked(message: bytes) -> pa.RecordBatch:
    """The rows in a message."""
    return pa.ipc.open_stream(message).read_next_batch()
