"""The simulated carrier: stands outside the house though it ships with it, and speaks to it over HTTP alone.

What it logs and what its telephones show is the independent witness of what Sayso sent (R15.1).
"""
