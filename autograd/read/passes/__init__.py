"""What is done to expressions between reading and writing them."""
