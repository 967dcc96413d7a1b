"""What a search looks through: one index of words for everything that a project's readers may read."""
