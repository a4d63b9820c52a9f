"""ag.chain: the chain rule as a product of factors along every path."""
