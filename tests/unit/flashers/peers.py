"""What stands for a board in these tests: an artifact folder, a firmware's answers on a pty, a breakable cable."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pty
import select
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

from edgegen.artifact import Artifact, Image, SelfTest, write_manifest
from edgegen.protocol import format_record

FIRMWARE = "cd" * 32


def artifact_folder(folder: Path, board: str, images: dict[str, tuple[int, bytes]]) -> Path:
    """An artifact folder with images {file name: (offset, bytes)}."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, data) in images.items():
        (folder / name).write_bytes(data)
    (folder / "net.elf").write_bytes(b"\x7fELF")
    write_manifest(
        Artifact(
            edgegen="0", name="net", model_sha256="ab" * 32, firmware_sha256=FIRMWARE, board=board, simulator=False,
            form="bare_metal", toolchain="zig", toolchain_version="zig", optimize="speed", kernels=(), arena_bytes=1,
            flash_bytes=1, ram_bytes=1, stack_bytes=1, elf="net.elf", elf_sha256="00" * 32,
            images=tuple(
                Image(Path(name).stem, name, offset, hashlib.sha256(data).hexdigest(), len(data))
                for name, (offset, data) in images.items()
            ),
            self_test=SelfTest(), unproven=(), regions=(),
        ),
        folder,
    )  # fmt: skip
    return folder


def boot_record(firmware: str = FIRMWARE) -> bytes:
    return format_record("boot", {
        "protocol": 2, "firmware_sha256": firmware, "model": "net", "model_sha256": "ab" * 32, "board": "b",
        "port": "p", "clock_hz": 1_000_000, "chunk_bytes": 384, "input_bytes": [1], "output_bytes": [1], "layers": 1,
        "arena_bytes": 1,
    })  # fmt: skip


@contextlib.contextmanager
def firmware_on_a_pty(answer: bytes) -> Iterator[str]:
    """A terminal behind which `answer` comes back for every command; yields its path."""
    with _terminal() as (master, path), _running(lambda data: answer if data.endswith(b"%") else b"", master):
        yield path


@contextlib.contextmanager
def cable(other: str, length: int | None = None) -> Iterator[str]:
    """A terminal joined to the terminal `other`; it breaks once `length` bytes went there. Yields its path."""
    far = os.open(other, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(far)
    stopped, left = threading.Event(), [length]
    with _terminal() as (master, path):

        def forward() -> None:
            while not stopped.is_set():
                ready, _, _ = select.select([master, far], [], [], 0.05)
                for source in ready:
                    with contextlib.suppress(OSError):
                        data = os.read(source, 65536)
                        os.write(far if source == master else master, data)
                        if source == master and left[0] is not None:
                            left[0] -= len(data)
                if left[0] is not None and left[0] <= 0:
                    os.close(master)
                    return

        thread = threading.Thread(target=forward, daemon=True)
        thread.start()
        try:
            yield path
        finally:
            stopped.set()
            thread.join()
            os.close(far)


@contextlib.contextmanager
def _terminal() -> Iterator[tuple[int, str]]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    # Without a reader on the other side, reading the master fails until one comes.
    try:
        yield master, path
    finally:
        with contextlib.suppress(OSError):
            os.close(master)


@contextlib.contextmanager
def _running(reply: object, master: int) -> Iterator[None]:
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            ready, _, _ = select.select([master], [], [], 0.05)
            if not ready:
                continue
            try:
                data = os.read(master, 4096)
            except OSError:
                stopped.wait(0.02)
                continue
            os.write(master, reply(data))  # type: ignore[operator]

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
