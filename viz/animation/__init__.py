"""A pass as an animated picture: `viz.animate(J, "pass.gif")`."""
