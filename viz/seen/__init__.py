"""What is shown, as data: the graph of a Tensor, its folding, the story of a run, its words. No medium stands here."""
