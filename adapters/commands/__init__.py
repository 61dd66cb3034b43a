"""Commands: wishes of people, workers and processes on their way to becoming facts."""
