"""The firmware's command parser, built for this machine with ASan and UBSan."""

from __future__ import annotations

import base64
import random
import zlib
from pathlib import Path

import pytest

from edgegen import process, protocol
from edgegen.resources import resource_dir
from edgegen.toolchains.base import CompileJob
from edgegen.toolchains.host import HostToolchain

# The order of eg_command_kind.
KINDS = [
    "none", "hello", "in", "invoke", "out", "layers", "reset", "bench", "info", "word", "selftest", "crash", "exit",
    "unknown", "syntax", "checksum", "too-long",
]  # fmt: skip


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parser")
    app = resource_dir("firmware") / "app"
    sources = [Path(__file__).parents[1] / "fixtures" / "protocol_peer.c", app / "protocol.c", app / "codec.c"]
    toolchain = HostToolchain(sanitize=True)
    if missing := toolchain.missing():
        pytest.skip(missing)
    job = CompileJob(core="host", optimize="speed", include_dirs=(app,))
    toolchain.link(job, toolchain.compile(job, sources, folder), None, folder / "parser.elf")
    return folder / "parser.elf"


def parse(parser: Path, data: bytes) -> list[str]:
    lines = process.run([parser], timeout_s=60, stdin=data).splitlines()
    return [" ".join([KINDS[int(line.split()[0])], *line.split()[1:]]) for line in lines]


def checked(text: str) -> bytes:
    return f"{text} *{zlib.crc32(text.encode()):08x}%".encode()


@pytest.mark.parametrize(
    ("sent", "command"),
    [
        (b"eg hello%", "hello"),
        (b"noise\neg hello%", "hello"),
        (b"noise eg hello%", "unknown"),
        (protocol.command("invoke", 7), "invoke 7"),
        (protocol.command("out", 1), "out 1"),
        (protocol.command("out", 1, 384, 10), "out 1 384 10"),
        (protocol.command("bench", 3, 1), "bench 3 1"),
        (b"eg bench 3%", "syntax"),
        (b"eg bench 3 1 2%", "syntax"),
        (protocol.command("invoke", 7, 8, 1), "invoke 7 8 1"),
        (b"eg invoke 7 8 1 2%", "syntax"),
        (protocol.command("layers", 3, 0, 16, 400), "layers 3 0 16 400"),
        (b"eg layers 3 0 16%", "syntax"),
        (protocol.command("word", 0xE000ED14 // 4), f"word {0xE000ED14 // 4}"),
        (protocol.command("in", 7, 0), "in 7 0 ="),
        (b"eg invoke 1234567890%", "syntax"),
        (b"eg invoke -1%", "syntax"),
        (b"eg hello *00000000%", "checksum"),
        (b"eg hello *0000000g%", "checksum"),
        (protocol.input_command(0, 384, b"hi"), "in 0 384 =6869"),
        (b"eg in 0 0 aGk=%", "checksum"),
        (checked("eg in 0 0 aGk"), "syntax"),
        (checked("eg in 0 0 aG=k"), "syntax"),
        (checked("eg in 0 0 a!k="), "syntax"),
        (checked("eg in 0 0 aGk= x"), "syntax"),
        (checked("eg in 0 0"), "in 0 0 ="),
        (checked("eg in 0"), "syntax"),
        (b"name%", "unknown"),
        (b"%", "unknown"),
        (b"eg%", "unknown"),
        (b"x" * 2000 + b"%", "too-long"),
        (b"x" * 575 + b"%", "unknown"),
        (b"x" * 576 + b"%", "too-long"),
    ],
)
def test_commands(parser: Path, sent: bytes, command: str) -> None:
    assert parse(parser, sent) == [command]


def test_the_parser_is_in_step_again_after_a_long_line(parser: Path) -> None:
    assert parse(parser, b"x" * 5000 + protocol.command("info")) == ["info"]


@pytest.mark.parametrize("size", [*range(10), 383, 384])
def test_base64_of_every_remainder(parser: Path, size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert parse(parser, protocol.input_command(3, 5, data)) == [f"in 3 5 ={data.hex()}"]


def test_random_and_mutated_input_is_harmless(parser: Path) -> None:
    """The sanitizers end the parser with an error at the first access out of bounds."""
    generator = random.Random(20)
    stream = bytearray()
    for _ in range(4000):
        size = generator.randrange(400)
        good = bytearray(protocol.input_command(generator.randrange(9), generator.randrange(9999), bytes(size)))
        for _ in range(generator.randrange(4)):
            good[generator.randrange(len(good))] = generator.randrange(256)
        stream += good
        if generator.random() < 0.3:
            stream += generator.randbytes(generator.randrange(1500))
        if generator.random() < 0.3:
            words = ["eg", generator.choice(["in", "out", "bench", "exit"]), *(["9" * generator.randrange(12)] * 3)]
            stream += checked(" ".join(words) + base64.b64encode(generator.randbytes(9)).decode())
    commands = parse(parser, bytes(stream))
    assert {"in", "checksum", "syntax", "unknown", "too-long"} <= {command.split()[0] for command in commands}
