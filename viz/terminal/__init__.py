"""A story in the terminal: frames that are pure functions of a story, a position and a width, and keys to go through
them. Where there is no terminal, all frames are printed."""

from viz.terminal.screen import step as step
