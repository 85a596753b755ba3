"""Places that pages can be kept in, by their settings."""

from pathlib import Path

from model.errors import StoreError
from store.blobs.folder_blobs import FolderBlobs
from store.blobs.place import BlobPlace, PlaceSettings

_MISSING = "pages.url is an s3:// address, which needs an extra that is not installed: pip install 'wiredesk[cluster]'"


def open_place(settings: PlaceSettings) -> BlobPlace:
    """The place of these settings; nothing is asked of it yet. Raises StoreError where a library is missing."""
    if not settings.is_bucket:
        return FolderBlobs(Path(settings.url))
    try:
        from store.blobs.s3_blobs import S3Blobs
    except ImportError as error:
        raise StoreError(_MISSING) from error
    return S3Blobs(settings)
