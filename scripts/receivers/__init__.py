"""`scripts/sandbox`: receivers on the loopback address that behave as the real ones are said to.

One process, a port for each receiver, so that trouble at one is trouble at one destination only.
"""
