"""From a graph to a program of kernel calls, and from the program to C text."""
