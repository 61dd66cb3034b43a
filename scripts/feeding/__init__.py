"""Orders to run on: generated course shops, a real retailer's file, or messages as JSON lines."""
