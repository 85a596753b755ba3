"""Place of pages as fetched, by the configuration; keys are read from files or left to the environment."""

from pathlib import Path

from config import ConfigError, PagesConfig
from store.blobs.place import PlaceSettings


def place_of(pages: PagesConfig) -> PlaceSettings | None:
    """Where pages are kept outside of the store; None where they are kept in it. Raises ConfigError."""
    if pages.url is None:
        return None
    access_key = _key_in(pages.access_key_file, "access_key_file")
    secret_key = _key_in(pages.secret_key_file, "secret_key_file")
    return PlaceSettings(pages.url, access_key, secret_key, pages.endpoint, pages.region)


def _key_in(file: Path | None, key: str) -> str | None:
    if file is None:
        return None
    try:
        found = file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigError(f"pages.{key}: {file} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"pages.{key}: {file} holds no key") from None
    if not found or not found.isprintable() or " " in found:
        raise ConfigError(f"pages.{key}: {file} holds no key: expected one line")
    return found
