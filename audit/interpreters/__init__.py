"""Real interpreters, asked which files they compile; they run no line of a project. An edge."""
