"""What one runs beside the product: set-up, feed, benchmarks, the gate."""
