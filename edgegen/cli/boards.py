"""`edgegen boards`: the board profiles, bundled and the user's own, as a list."""

from __future__ import annotations

import sys

from edgegen.cli.console import JsonOption, print_json, print_table

_PROVEN = {"board": "simulated as this board", "core": "simulated, same core", "code": "simulated, another core"}


def boards(json: JsonOption = False) -> None:
    """List the boards, bundled and your own.

    Each with its core, clock, memory, flasher and simulator, and how near the simulator is to the board. Your own
    profiles lie in ~/.config/edgegen/boards, one TOML file each. What was never run on the real board is listed as
    `unproven` with --json.
    """
    from edgegen.boards import BoardProfile, board_ids, load_board
    from edgegen.errors import InputError

    profiles: list[BoardProfile] = []
    for name in board_ids():
        try:
            profiles.append(load_board(name))
        except InputError as error:  # one that is broken does not hide the others
            print(f"warning: {error}", file=sys.stderr)
    if json:
        print_json([profile.model_dump(mode="json") for profile in profiles])
        return

    rows = []
    for profile in profiles:
        sizes = {
            kind: sum(region.length_bytes for region in profile.regions if region.kind == kind) // 1024
            for kind in ("flash", "ram")
        }
        on_host = profile.simulator.kind == "host"
        rows.append(
            (
                profile.id,
                profile.name,
                profile.core,
                profile.kernel_isa,
                profile.clock_hz // 1_000_000,
                sizes["flash"] or None,
                sizes["ram"] or None,
                profile.flasher,
                profile.simulator.machine or "-",
                "run as a process" if on_host else _PROVEN[profile.simulator.proven],
            )
        )
    print_table(
        ("board", "name", "core", "kernels", "MHz", "flash KiB", "RAM KiB", "flasher", "simulator", "proven"), rows
    )
