"""Machine code of an ELF becomes Instructions; one file per instruction set, chosen by the ELF's machine."""
