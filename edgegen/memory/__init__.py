"""From a program's calls to an offset in the arena for every buffer."""
