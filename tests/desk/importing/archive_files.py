"""Archives for the tests: pages that are read as stories, in WARC files."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

HTML = {"Content-Type": "text/html"}
DATE = "2024-05-06T07:08:09Z"


def article(number: int, text: str = "The harbour master said the tide had turned.", head: str = "") -> bytes:
    """A page that is read as a story."""
    paragraphs = "".join(f"<p>{text} That was told in paragraph {n} of report {number}.</p>" for n in range(6))
    return (
        f"<html lang=en><head><title>Report number {number} from the harbour</title>{head}</head><body><article>"
        f"<h1>Report number {number} from the harbour</h1>{paragraphs}</article></body></html>"
    ).encode()


class Warc:
    """A WARC file that is written record by record."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._records: list[bytes] = []

    def add(
        self,
        url: str,
        content: bytes,
        *,
        status: str = "200 OK",
        headers: Mapping[str, str] | None = None,
        date: str = DATE,
        kind: str = "response",
    ) -> None:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or HTML).items())]
        block = "\r\n".join([*lines, "", ""]).encode() + content
        head = {
            "WARC-Type": kind,
            "WARC-Record-ID": f"<urn:uuid:{uuid4()}>",
            "WARC-Target-URI": url,
            "WARC-Date": date,
            "Content-Type": "application/http; msgtype=response",
            "Content-Length": str(len(block)),
        }
        text = "\r\n".join(["WARC/1.0", *(f"{name}: {value}" for name, value in head.items()), "", ""])
        self._records.append(text.encode() + block + b"\r\n\r\n")

    def close(self) -> Path:
        packed = map(gzip.compress, self._records) if self.path.suffix == ".gz" else self._records
        self.path.write_bytes(b"".join(packed))
        return self.path


def arc_records(pages: Mapping[str, bytes]) -> list[bytes]:
    """The records of an ARC file (version 1, as the Internet Archive wrote them), the one that describes it first."""
    version = b"1 0 test\nURL IP-address Archive-date Content-type Archive-length\n"
    records = [b"filedesc://test.arc 0.0.0.0 20240506070809 text/plain %d\n%s\n" % (len(version), version)]
    for url, content in pages.items():
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + content
        records.append(b"%s 127.0.0.1 20240506070809 text/html %d\n%s\n" % (url.encode(), len(block), block))
    return records
