"""`edgegen boards`: the board profiles, bundled and the user's own, as a list."""

from __future__ import annotations

from edgegen.cli.console import JsonOption, print_json, print_table


def boards(json: JsonOption = False) -> None:
    """List the boards.

    Each with its core, clock, memory and simulator, and whether that simulates this board or just its core.
    """
    from edgegen.boards import board_ids, load_board

    profiles = [load_board(name) for name in board_ids()]
    if json:
        print_json([profile.model_dump(mode="json") for profile in profiles])
        return

    rows = []
    for profile in profiles:
        sizes = {
            kind: sum(region.length_bytes for region in profile.regions if region.kind == kind) // 1024
            for kind in ("flash", "ram")
        }
        machine = profile.simulator.machine or "this machine"
        rows.append(
            (
                profile.id,
                profile.name,
                profile.core,
                profile.kernel_isa,
                profile.clock_hz // 1_000_000,
                sizes["flash"] or None,
                sizes["ram"] or None,
                f"{machine} ({'this board' if profile.simulator.proven == 'board' else 'same core'})",
            )
        )
    print_table(("board", "name", "core", "kernels", "MHz", "flash KiB", "RAM KiB", "simulator"), rows)
