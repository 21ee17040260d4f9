"""Instructions and bytes of real networks on the boards' simulators: `python -m tests.benchmark --help`."""
