"""The Order Management page: what the API knows, for people, in a browser.

The rule to know: the address is the only state. Every page works as a plain page; our own scripts
only ask for a part of one (`X-Region`) and put it in place.
"""
