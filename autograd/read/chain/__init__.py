"""The chain rule along every path."""
