"""How a board reads its flash: registers of the running chip, by the firmware's port, become settings in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """`flash_wait_states` where a register tells; `caches` names those that are on; None for what is unknown."""

    flash_wait_states: int | None = None
    caches: str | None = None


@dataclass(frozen=True, slots=True)
class _Registers:
    """`latency` is the address of the wait states, in its lowest four bits; `caches` are (address, bit, name)."""

    latency: int | None
    caches: tuple[tuple[int, int, str], ...]


_CCR = 0xE000ED14  # Armv7-M ARM B3.2.8, Armv8-M ARM D1.2.9
_CORE_CACHES = ((_CCR, 17, "instruction"), (_CCR, 16, "data"))
_F4_ACR = 0x40023C00
_L4_ACR = 0x40022000
_REGISTERS = {
    "stm32l4": _Registers(  # RM0432, FLASH_ACR
        _L4_ACR, ((_L4_ACR, 8, "prefetch"), (_L4_ACR, 9, "instruction"), (_L4_ACR, 10, "data"))
    ),
    "stm32f4": _Registers(  # RM0090 and RM0390, FLASH_ACR
        _F4_ACR, ((_F4_ACR, 8, "prefetch"), (_F4_ACR, 9, "instruction"), (_F4_ACR, 10, "data"))
    ),
    "stm32f7": _Registers(  # RM0410, FLASH_ACR
        _F4_ACR, ((_F4_ACR, 8, "prefetch"), (_F4_ACR, 9, "ART accelerator"), *_CORE_CACHES)
    ),
    "stm32h7": _Registers(0x52002000, _CORE_CACHES),  # RM0433, FLASH_ACR
    "stm32u5": _Registers(  # RM0456, FLASH_ACR and ICACHE_CR
        _L4_ACR, ((_L4_ACR, 8, "prefetch"), (0x40030400, 0, "instruction"))
    ),
    "nrf52": _Registers(None, ((0x4001E540, 0, "instruction"),)),  # nRF52840 product specification, NVMC ICACHECNF
    "rp2040": _Registers(None, ((0x14000000, 0, "flash"),)),  # RP2040 data sheet, XIP CTRL
}


def read_settings(port: str, word: Callable[[int], int]) -> MemorySettings:
    """The settings of a chip whose firmware has this port; `word` reads a register at an address."""
    registers = _REGISTERS.get(port)
    if registers is None:
        return MemorySettings()
    on = [name for address, bit, name in registers.caches if word(address) >> bit & 1]
    return MemorySettings(None if registers.latency is None else word(registers.latency) & 15, ", ".join(on))
