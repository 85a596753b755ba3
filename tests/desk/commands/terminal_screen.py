"""A terminal of so many lines, as far as the escape sequences of progress bars go (ECMA-48)."""

import codecs
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Callable, Mapping, Sequence

_SEQUENCE = re.compile(r"\x1b\[(\?)?([0-9;]*)([A-Za-z])|\r\n|[\r\n]|[^\x1b\r\n]+")


class Screen:
    """The lines on a screen, with those that were scrolled out above it."""

    def __init__(self, height: int, width: int) -> None:
        self.height, self.width = height, width
        self.lines = [""]
        self.row = self.column = 0
        self.cursor_is_shown = True
        self._started = ""

    def feed(self, text: str) -> None:
        """Show output; a sequence that is not known here is an error, one that has only begun waits for its end."""
        text = self._started + text
        cut = text.rfind("\x1b")
        self._started = text[cut:] if cut >= 0 and not _SEQUENCE.match(text, cut) else ""
        for found in _SEQUENCE.finditer(text.removesuffix(self._started) if self._started else text):
            if found[3]:
                self._obey(found[1] or "", found[2], found[3])
            elif found[0] in ("\r\n", "\n", "\r"):
                self.column = 0 if "\r" in found[0] else self.column
                if "\n" in found[0]:
                    self._go_to(self.row + 1)
            else:
                for character in found[0]:
                    self._put(character)

    @property
    def visible(self) -> list[str]:
        """What stands on the screen now."""
        return self.lines[self.top :]

    @property
    def top(self) -> int:
        """How many lines were scrolled out."""
        return max(0, len(self.lines) - self.height)

    def _put(self, character: str) -> None:
        if self.column == self.width:
            self._go_to(self.row + 1)
            self.column = 0
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
        self.column += 1

    def _go_to(self, row: int) -> None:
        """Down scrolls, up ends at the top of the screen: what has been scrolled out can't be reached any more."""
        while row >= len(self.lines):
            self.lines.append("")
        self.row = max(row, self.top)

    def _obey(self, private: str, values: str, letter: str) -> None:
        count = int(values or 1) if values.isdigit() or not values else 1
        if letter == "A":
            self._go_to(self.row - count)
        elif letter == "K":
            self.lines[self.row] = "" if values == "2" else self.lines[self.row][: self.column]
        elif letter in "hl" and (private, values) == ("?", "25"):
            self.cursor_is_shown = letter == "h"
        elif letter != "m":
            raise AssertionError(f"a sequence that this terminal does not know: {private}{values}{letter}")


def run_on_screen(
    command: Sequence[str], environment: Mapping[str, str], screen: Screen, look: Callable[[Screen, int], None]
) -> int:
    """Run a command on a terminal of its own; `look` sees screen and process id after each output."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", screen.height, screen.width, 0, 0))
    variables = {**os.environ, "TERM": "xterm-256color", **environment}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables) as process:
        os.close(theirs)
        try:
            while data := _read(ours):
                screen.feed(decoder.decode(data))
                look(screen, process.pid)
        except BaseException:
            process.kill()  # it waits for somebody to read what it writes
            raise
        finally:
            os.close(ours)
    return process.returncode


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # what a terminal gives whose other end is closed
        return b""
