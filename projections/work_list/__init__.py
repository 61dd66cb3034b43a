"""The work list: which attempts of actions and transfers wait for a worker, or will by themselves."""
