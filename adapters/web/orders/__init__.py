"""The orders table: filters in the address, a page of rows, its export."""
