"""The work list: which attempts of actions wait for a worker, or will if nothing else happens."""
