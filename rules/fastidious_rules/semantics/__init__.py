"""What the code means: facts, names, types, and questions that a project answers."""
