"""Where files lie: a folder of the data directory, or an S3-compatible store by one setting.

A store keeps bytes under names that are made here, never under what somebody typed. What is put is there
whole, or not at all.
"""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app

from civicforum.errors import SettingsError

S3_SECONDS = 10


class Store(Protocol):
    """``OSError`` is raised where it cannot be reached or is full."""

    place: str

    def put(self, name: str, content: bytes) -> None: ...
    def read(self, name: str) -> bytes | None: ...
    def delete(self, name: str) -> None: ...
    def names(self) -> Iterator[tuple[str, float]]:
        """(name, age in seconds) of all that is kept."""


class FolderStore:
    """Files in ``data/files``, spread over folders by the beginning of their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = str(folder)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name

    def put(self, name: str, content: bytes) -> None:
        """Written beside its place, brought to the disk, and only then named."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{name}.{secrets.token_hex(4)}")
        try:
            with open(draft, "xb", opener=_for_the_owner_alone) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _keep_name_on_disk(path.parent)
        finally:
            draft.unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, float]]:
        """Drafts of a process that was killed are told, too: they are in nobody's way, and nobody's."""
        for path in self.folder.glob("??/*"):
            with suppress(FileNotFoundError):
                yield path.name, time.time() - path.stat().st_mtime


def _for_the_owner_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _keep_name_on_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class S3Store:
    """A bucket, by the library of S3's own maker: ``pip install civicforum[s3]``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        scheme = asked.get("scheme", ["https"])[0]
        host = parts.netloc.rpartition("@")[2]
        self.bucket = parts.path.strip("/")
        self.place = f"the bucket {self.bucket} at {host}"
        self._client, self._faults = _s3_client(
            endpoint_url=f"{scheme}://{host}",
            region_name=asked.get("region", ["us-east-1"])[0],
            aws_access_key_id=unquote(parts.username or ""),
            aws_secret_access_key=unquote(parts.password or ""),
        )

    def put(self, name: str, content: bytes) -> None:
        self._ask("put_object", Key=name, Body=content)

    def read(self, name: str) -> bytes | None:
        try:
            content: bytes = self._ask("get_object", Key=name)["Body"].read()
            return content
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        self._ask("delete_object", Key=name)

    def names(self) -> Iterator[tuple[str, float]]:
        token: dict[str, str] = {}
        while True:
            page = self._ask("list_objects_v2", **token)
            for found in page.get("Contents", ()):
                yield found["Key"], time.time() - found["LastModified"].timestamp()
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _ask(self, deed: str, **facts: Any) -> Any:
        try:
            return getattr(self._client, deed)(Bucket=self.bucket, **facts)
        except self._faults as error:
            response: dict[str, Any] = getattr(error, "response", {})
            code = response.get("Error", {}).get("Code", type(error).__name__)
            if code == "NoSuchKey":
                raise FileNotFoundError(facts.get("Key")) from error
            raise OSError(f"The store of files answers {code}") from error


def _s3_client(**facts: str) -> tuple[Any, tuple[type[Exception], ...]]:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise SettingsError(
            "CIVICFORUM_FILES_URL names an S3 store, and boto3 is not installed: install civicforum[s3]."
        ) from error
    config = Config(
        connect_timeout=S3_SECONDS,
        read_timeout=S3_SECONDS,
        retries={"total_max_attempts": 2},
        s3={"addressing_style": "path"},
        # Stores that speak S3 differ in newer checksums; the length and TLS are enough.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client = boto3.session.Session().client("s3", config=config, **facts)
    return client, (BotoCoreError, ClientError)


def make_store(files_url: str | None, data_dir: Path) -> Store:
    return S3Store(files_url) if files_url else FolderStore(data_dir / "files")


def store() -> Store:
    """The store of this application."""
    kept: Store = current_app.extensions["files"]
    return kept
