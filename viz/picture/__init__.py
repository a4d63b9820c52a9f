"""Pictures by Graphviz: the source of a graph and of a tree of the chain rule, its labels, and the layout engine."""
