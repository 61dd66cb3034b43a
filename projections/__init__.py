"""Read models: one package each, pure; the SQL of their tables and questions included."""
