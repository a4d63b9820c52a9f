"""Looking at what was recorded, and finding trouble in it."""
