"""The bus: what comes in from the checkout, checked, decided, recorded and acknowledged."""
