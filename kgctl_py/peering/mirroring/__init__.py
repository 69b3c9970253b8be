"""Mirrors of Services: Services in another cluster without a selector, with the addresses of the original."""
