"""Parse functions that do to their process what a hostile page might do to a real parser's."""

import os
import signal
import time
from pathlib import Path

from model.errors import NotAStoryError, ParseError
from model.page import Page
from model.story import Story

_KEPT: list[bytearray] = []


def follow_the_page(page: Page) -> Story:
    """Do what the page says; `once:PATH` and `killed-once:PATH` end the process the first time only."""
    order, _, argument = page.content.decode().partition(":")
    if order == "spin":
        while True:
            pass
    if order == "sleep":
        time.sleep(60)
    if order == "die" or (order == "once" and not Path(argument).exists()):
        Path(argument or os.devnull).touch()
        os._exit(1)
    if order == "signal":
        os.kill(os.getpid(), int(argument))
    if order == "killed-once" and not Path(argument).exists():
        Path(argument).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if order in ("grow", "keep"):
        taken = bytearray(int(argument))
        taken.find(b"1")  # every page of it is touched
        if order == "keep":
            _KEPT.append(taken)
    if order in ("grow", "keep", "who"):
        return Story(source="wire", headline=str(os.getpid()))
    if order == "parent":
        return Story(source="wire", headline=str(os.getppid()))
    if order == "raise":
        raise RuntimeError(argument)
    if order == "unreadable":
        raise ParseError(argument, url=page.url)
    if order == "section":
        raise NotAStoryError(argument, url=page.url)
    return Story(source="wire", headline=order)
