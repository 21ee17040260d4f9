"""The start-up code of each chip, in the board's own image, on modelled registers (see tests/register_model.py)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edgegen.boards import BoardProfile, load_board
from edgegen.project import Firmware
from edgegen.toolchains import load_toolchain
from tests.tiny_firmware import build_tiny

pytest.importorskip("unicorn")
from tests.register_model import Registers, boot, within

TRANSMIT_READY = 0xC0  # an STM32 USART's TXE and TC


def bits(register: int, *pairs: tuple[int, int]) -> Callable[[Registers], int]:
    """A status register whose bits (second of each pair) follow bits of `register`."""
    return lambda chip: sum((chip[register] >> source & 1) << target for source, target in pairs)


def field(register: int, width: int, shift: int) -> Callable[[Registers], int]:
    """A status field that follows the lowest bits of a register, as a clock switch's does."""
    return lambda chip: (chip[register] & (1 << width) - 1) << shift


def constant(value: int) -> Callable[[Registers], int]:
    return lambda chip: value


def stm32f4(usart: int) -> Registers:
    rcc, pwr = 0x40023800, 0x40007000
    return Registers(
        sink=usart + 0x04,
        reset={rcc: 0x83},
        status={
            rcc: bits(rcc, (24, 25)), rcc + 8: field(rcc + 8, 2, 2), pwr + 4: bits(pwr, (16, 16), (17, 17)),
            usart: constant(TRANSMIT_READY),
        },
    )  # fmt: skip


def stm32f7(usart: int) -> Registers:
    chip = stm32f4(usart)
    chip.sink = usart + 0x28
    chip.status[usart + 0x1C] = chip.status.pop(usart)
    return chip


def stm32h7(usart: int, revision: int = 0x2003) -> Registers:
    rcc, pwr = 0x58024400, 0x58024800
    return Registers(
        sink=usart + 0x28,
        reset={rcc: 0x25, 0x5C001000: revision << 16 | 0x450},
        status={
            rcc: bits(rcc, (24, 25)), rcc + 0x10: field(rcc + 0x10, 3, 3), pwr + 0x04: constant(1 << 13),
            pwr + 0x18: constant(1 << 13), usart + 0x1C: constant(TRANSMIT_READY),
        },
    )  # fmt: skip


def stm32u5(usart: int) -> Registers:
    rcc, vosr = 0x46020C00, 0x4602080C
    return Registers(
        sink=usart + 0x28,
        status={
            rcc: bits(rcc, (8, 10), (24, 25)), rcc + 0x1C: field(rcc + 0x1C, 2, 2),
            vosr: bits(vosr, (17, 15), (18, 14)),
            usart + 0x1C: constant(TRANSMIT_READY),
        },
    )  # fmt: skip


def stm32l4(usart: int) -> Registers:
    rcc = 0x40021000
    return Registers(
        sink=usart + 0x28,
        status={
            rcc: bits(rcc, (8, 10), (24, 25)), rcc + 8: field(rcc + 8, 2, 2), usart + 0x1C: constant(TRANSMIT_READY),
        },
    )  # fmt: skip


def nrf52() -> Registers:
    return Registers(sink=0x4000251C, status={0x40000100: bits(0x40000000, (0, 0)), 0x4000211C: constant(1)})


def rp2(clocks: int, resets: int, xosc: int, pll: int, uart: int) -> Registers:
    return Registers(
        sink=uart,
        atomic=True,
        reset={resets: 0x1FFFFFFF, pll + 4: 0x2D},
        status={
            resets + 8: lambda chip: ~chip[resets] & 0x1FFFFFFF,
            clocks + 0x38: lambda chip: 1 << (chip[clocks + 0x30] & 3),
            clocks + 0x44: lambda chip: 1 << (chip[clocks + 0x3C] & 1),
            xosc + 4: lambda chip: int(chip[xosc] >> 12 == 0xFAB) << 31,
            # Locked once powered, with a divider and a multiplier.
            pll: lambda chip: int(chip[pll + 4] & 0x21 == 0 and chip[pll + 8] > 15 and chip[pll] & 63 > 0) << 31,
        },
        on_read={uart + 0x18: constant(1 << 4)},
    )


def rp2040() -> Registers:
    return rp2(0x40008000, 0x4000C000, 0x40024000, 0x40028000, 0x40034000)


def rp2350() -> Registers:
    return rp2(0x40010000, 0x40020000, 0x40048000, 0x40050000, 0x40070000)


# Board, model, its clock, and the rate that the UART's registers give.
CHIPS: dict[str, tuple[Callable[[], Registers], Callable[[Registers], float]]] = {
    "nucleo-f446re": (lambda: stm32f4(0x40004400), lambda chip: 45e6 / chip[0x40004408]),
    "stm32f4-discovery": (lambda: stm32f4(0x40004400), lambda chip: 42e6 / chip[0x40004408]),
    "netduinoplus2": (lambda: stm32f4(0x40011000), lambda chip: 84e6 / chip[0x40011008]),
    "nucleo-f767zi": (lambda: stm32f7(0x40004800), lambda chip: 16e6 / chip[0x4000480C]),
    "nucleo-h743zi": (lambda: stm32h7(0x40004800), lambda chip: 64e6 / chip[0x4000480C]),
    "nucleo-u575zi": (lambda: stm32u5(0x40013800), lambda chip: 16e6 / chip[0x4001380C]),
    "nucleo-l4r5zi": (lambda: stm32l4(0x40008000), lambda chip: 256 * 16e6 / chip[0x4000800C]),
    "nrf52840-dk": (nrf52, lambda chip: chip[0x40002524] * 16e6 / 2**32),
    "arduino-nano-33-ble": (nrf52, lambda chip: chip[0x40002524] * 16e6 / 2**32),
    "microbit-v2": (nrf52, lambda chip: chip[0x40002524] * 16e6 / 2**32),
    "raspberry-pi-pico": (rp2040, lambda chip: 133e6 / 16 / (chip[0x40034024] + chip[0x40034028] / 64)),
    "raspberry-pi-pico2": (rp2350, lambda chip: 150e6 / 16 / (chip[0x40070024] + chip[0x40070028] / 64)),
}

# What must be written before what: voltage, then flash wait states, then the switch to the PLL.
ORDER: dict[str, list[tuple[int, int, int]]] = {
    "nucleo-f446re": [
        (0x40007000, 1 << 16, 1 << 16), (0x40007000, 1 << 17, 1 << 17), (0x40023C00, 0x70F, 0x705),
        (0x40023808, 3, 2),
    ],
    "netduinoplus2": [(0x40007000, 1 << 14, 1 << 14), (0x40023C00, 0x70F, 0x705), (0x40023808, 3, 2)],
    "nucleo-f767zi": [
        (0x40007000, 1 << 16, 1 << 16), (0x40007000, 1 << 17, 1 << 17), (0x40023C00, 0xF, 7), (0x40023808, 3, 2),
    ],
    "nucleo-h743zi": [
        (0x5802480C, 7, 2), (0x58024818, 3 << 14, 3 << 14), (0x5800042C, 1, 1), (0x52002000, 0x3F, 0x24),
        (0x58024418, 0xF7F, 0x48), (0x58024410, 7, 3),
    ],
    "nucleo-u575zi": [
        (0x46020C28, 3, 2), (0x4602080C, 3 << 16, 3 << 16), (0x4602080C, 1 << 18, 1 << 18), (0x40022000, 0xF, 4),
        (0x46020C1C, 3, 3),
    ],
    "nucleo-l4r5zi": [(0x40007000, 3 << 9, 1 << 9), (0x40022000, 0xF, 5), (0x40021008, 0xF3, 0x83)],
}  # fmt: skip


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[BoardProfile, Firmware]]:
    built: dict[str, tuple[BoardProfile, Firmware]] = {}

    def image(board: str) -> tuple[BoardProfile, Firmware]:
        if board not in built:
            profile = load_board(board)
            folder = tmp_path_factory.mktemp(board)
            built[board] = profile, build_tiny(profile, load_toolchain("zig"), folder, simulator=False)
        return built[board]

    return image


Images = Callable[[str], tuple[BoardProfile, Firmware]]


@pytest.mark.parametrize("board", CHIPS)
def test_the_boards_own_image_reaches_its_clock_and_console(board: str, images: Images) -> None:
    profile, firmware = images(board)
    model, rate = CHIPS[board]
    chip = model()
    record = boot(profile, firmware.elf, chip)
    assert record.fields["firmware_sha256"] == firmware.firmware_sha256
    assert record.fields["clock_hz"] == profile.clock_hz
    assert within(rate(chip), profile.console.baud)


def test_every_arm_board_that_is_only_simulated_by_its_core_is_here() -> None:
    from edgegen.resources import resource_dir

    profiles = [load_board(path.stem) for path in resource_dir("boards").glob("*.toml")]
    arm = {p.id for p in profiles if p.core.startswith("cortex") and p.simulator.port != p.port}
    assert arm <= CHIPS.keys()


@pytest.mark.parametrize("board", ORDER)
def test_voltage_and_flash_come_before_the_faster_clock(board: str, images: Images) -> None:
    profile, firmware = images(board)
    chip = CHIPS[board][0]()
    boot(profile, firmware.elf, chip)
    position = 0
    for address, mask, value in ORDER[board]:
        found = [index for index, (where, what) in enumerate(chip.writes) if where == address and what & mask == value]
        assert found, f"{address:#x} never got {value:#x}"
        assert found[0] >= position, f"{address:#x} got {value:#x} too early"
        position = found[0]


@pytest.mark.parametrize(
    ("board", "dead", "clock_hz"),
    [
        ("nucleo-f446re", 0x40023800, 16_000_000),
        ("nucleo-f767zi", 0x40023800, 16_000_000),
        ("nucleo-h743zi", 0x58024400, 64_000_000),
        ("nucleo-u575zi", 0x46020C00, 4_000_000),
        ("nucleo-l4r5zi", 0x40021000, 4_000_000),
        ("raspberry-pi-pico", 0x40028000, 12_000_000),
        ("raspberry-pi-pico2", 0x40050000, 12_000_000),
    ],
)
def test_a_pll_that_never_locks_ends_in_a_slower_board_that_says_so(
    board: str, dead: int, clock_hz: int, images: Images
) -> None:
    profile, firmware = images(board)
    chip = CHIPS[board][0]()
    follow = chip.status[dead]
    chip.status[dead] = lambda registers: follow(registers) & ~(1 << 25 | 1 << 31)
    assert boot(profile, firmware.elf, chip).fields["clock_hz"] == clock_hz


def test_an_older_h743_stays_at_400_mhz(images: Images) -> None:
    profile, firmware = images("nucleo-h743zi")
    assert boot(profile, firmware.elf, stm32h7(0x40004800, revision=0x1003)).fields["clock_hz"] == 400_000_000


class SerialFlash:
    """A flash on the RP2040's SSI, in plain serial mode: answers status commands, remembers what it was told."""

    ssi = 0x18000000

    def __init__(self, quad_enabled: bool) -> None:
        self.status_2 = 2 if quad_enabled else 0
        self.frame: list[int] = []
        self.frames: list[list[int]] = []
        self.answers: list[int] = []

    def connect(self, chip: Registers) -> None:
        chip.on_write[self.ssi + 0x60] = self._take
        chip.on_read[self.ssi + 0x60] = lambda registers: self.answers.pop(0) if self.answers else 0
        chip.on_read[self.ssi + 0x24] = lambda registers: len(self.answers)
        chip.on_read[self.ssi + 0x28] = self._status

    def _take(self, chip: Registers, value: int) -> None:
        self.frame.append(value)
        answer = self.status_2 if self.frame == [0x35, 0x35] else 0
        self.answers.append(answer)

    def _status(self, chip: Registers) -> int:
        """The program looks whether the transfer is over: then it is, and the chip select rises."""
        if self.frame:
            if self.frame == [0x31, 2] and self.frames[-1:] == [[0x50]]:
                self.status_2 = 2
            self.frames.append(self.frame)
            self.frame = []
        return 4


@pytest.mark.parametrize("quad_enabled", [True, False])
def test_rp2040s_boot_stage_sets_the_flash_up_and_starts_the_firmware(quad_enabled: bool, images: Images) -> None:
    profile, firmware = images("raspberry-pi-pico")
    chip, flash = rp2040(), SerialFlash(quad_enabled)
    flash.connect(chip)
    # Where the boot ROM puts it: the last 256 bytes of SRAM.
    record = boot(profile, firmware.elf, chip, boot_stage=0x20041F00)
    assert record.fields["clock_hz"] == 133_000_000
    assert flash.status_2 == 2
    writes = [] if quad_enabled else [[0x50], [0x31, 2], [0x05, 0x05]]
    assert flash.frames == [[0x35, 0x35], *writes, [0xEB, 0xA0]]
    # Reads of the flash's addresses: no command, 32 bits of address and mode 0xA0 on four lines, four wait clocks.
    assert chip[0x180000F4] == 0xA0 << 24 | 4 << 11 | 8 << 2 | 2
    assert chip[0x18000000] == 2 << 21 | 31 << 16 | 3 << 8
    assert chip[0x18000014] == 2
    assert chip[0x18000008] == 1
    assert (0xE000ED08, 0x10000100) in chip.writes


def test_rp2350s_image_definition_is_where_its_boot_rom_looks(images: Images) -> None:
    from edgegen.elf import flat_image

    profile, firmware = images("raspberry-pi-pico2")
    data = flat_image(firmware.elf, profile.regions[0])
    at = data.index(bytes.fromhex("d3deffff"))
    assert at % 4 == 0
    assert at < 4096
    assert data[at : at + 20].hex() == "d3deffff42012110ff01000000000000793512ab"
    assert int.from_bytes(data[:4], "little") == 0x2000_0000 + profile.stack_bytes
