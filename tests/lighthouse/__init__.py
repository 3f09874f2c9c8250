"""Lighthouse's figures of the pages that a shopper meets first; run by `make lighthouse`."""
