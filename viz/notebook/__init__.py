"""What notebooks show: the page's program as a widget, and what a Tensor looks like at the end of a cell."""
