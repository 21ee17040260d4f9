"""What can't be measured without the board: cycles from instructions, energy from time."""
