"""The subcommands of `chalkgrad`, a file each: `declare(commands)` declares its arguments, `run(given)` does it.

The engine, Graphviz and the rest are loaded by what needs them: `chalkgrad --help` answers at once.
"""
