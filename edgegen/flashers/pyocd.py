"""pyocd: Arm chips by a debug probe (ST-LINK, J-Link, DAPLink)."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import shutil
import sys
from pathlib import Path

from edgegen import process
from edgegen.errors import EdgegenError, InputError
from edgegen.flashers.base import CommandFlasher, FlashJob, ToolRun

_TIMEOUT_S = 60.0


class PyocdFlasher(CommandFlasher):
    """Writes each image, then compares the chip's memory with the file."""

    name = "pyocd"
    explanations = (
        (r"Target type .* not recognized|Unknown target", "pyocd does not know the chip without its vendor's pack\n"
         "install it: pyocd pack install TARGET (the profile's flasher_target)"),
        (r"(Access denied|Permission denied|insufficient permissions|LIBUSB_ERROR_ACCESS)", "no permission to open the "
         "probe\ninstall its udev rules (pyocd's documentation, `udev`), then plug it in again"),
        (r"No ACK|No target|Unexpected ACK|Failed to (connect|read)|Memory transfer fault|DP initiali[sz]ation",
         "the probe does not reach the chip\ncheck the board's supply and its debug jumpers"),
        (r"flash (erase|program|init).*(fail|error)|does not match|mismatch|Data does not", "the flash holds other "
         "bytes than were written\nflash again; if it stays so, read-out protection may be on"),
        (r"No available debug probes|unplugged|disconnected|device not found|LIBUSB_ERROR_(IO|NO_DEVICE|PIPE)",
         "the probe is gone: was the cable pulled?\nplug it in and flash again: it starts from the beginning"),
    )  # fmt: skip

    def missing(self) -> str | None:
        return None if _pyocd() else "pyocd is missing: pip install pyocd"

    def prepare(self, job: FlashJob) -> FlashJob:
        if not job.profile.flasher_target:
            raise InputError(
                f"board {job.profile.id}: key 'flasher_target' is missing: pyocd's name for {job.profile.mcu} "
                "(pyocd list --targets)"
            )
        return dataclasses.replace(job, probe=_choose_probe(job.probe))

    def commands(self, job: FlashJob) -> list[ToolRun]:
        probe = ("--no-wait", "--target", job.profile.flasher_target, "--uid", job.probe or "")
        runs = []
        for path, address in job.files():
            place = () if address is None else ("--base-address", f"{address:#x}")
            load = (*_pyocd(), "load", *probe, "--no-reset", "--format", path.suffix[1:], *place, path)
            runs.append(ToolRun("writing", load))
            if address is not None:
                compare = (*_pyocd(), "commander", *probe, "--command", f'compare {address:#x} "{path}"')
                runs.append(ToolRun("verifying", compare, expect="bytes match"))
        return [*runs, ToolRun("starting", (*_pyocd(), "reset", *probe))]


def _pyocd() -> list[str | Path]:
    """The command, from this environment or from another one's PATH; empty where it is not installed."""
    if importlib.util.find_spec("pyocd"):
        return [sys.executable, "-m", "pyocd"]
    found = shutil.which("pyocd")
    return [found] if found else []


def _choose_probe(wanted: str | None) -> str:
    """The serial number of the probe to use: the one that is wanted, or the only one there is."""
    table = json.loads(process.run([*_pyocd(), "json", "--probes"], timeout_s=_TIMEOUT_S))
    probes = {str(board["unique_id"]): str(board.get("info") or board.get("board_name")) for board in table["boards"]}
    fitting = {uid: what for uid, what in probes.items() if wanted is None or wanted.lower() in uid.lower()}
    if len(fitting) == 1:
        return next(iter(fitting))
    listed = "\n".join(f"  {uid}  {what}" for uid, what in (fitting or probes).items())
    if fitting:
        raise InputError(f"several debug probes are connected; choose one with --probe:\n{listed}")
    if wanted and probes:
        raise InputError(f"no debug probe '{wanted}'; connected are:\n{listed}")
    raise EdgegenError(
        "no debug probe is connected\nplug the board's debug port in; on Linux the probe needs udev rules "
        "(pyocd's documentation, `udev`)"
    )
