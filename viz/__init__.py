"""What people look at: pictures of graphs, stories of backward passes, pages and plots."""

from viz.dot import draw, tree
from viz.page import save_page
from viz.story import Story, record

__all__ = ["Story", "draw", "record", "save_page", "tree"]
