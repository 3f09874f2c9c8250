"""Shopify's own Admin schema, which the documents and the sandbox are held against."""

import gzip
import json
import os
from functools import lru_cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_client_schema

ROOT = Path(__file__).resolve().parents[2]
CACHED = ROOT / ".cache" / "shopify" / "admin_2026-10.json.gz"
SHARED = ROOT.parent / "shared" / "shopify" / "admin_2026-10.json.gz"


def load_real_schema() -> GraphQLSchema:
    """Give the real schema; skips the test where it is not at hand, but never in CI."""
    path = _find()
    if path is None:
        message = "Shopify's schema is not here: run `make schema`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return _read(path)


def _find() -> Path | None:
    named = os.environ.get("SHOPIFY_SCHEMA")
    if named:
        return Path(named)
    return next((path for path in (CACHED, SHARED) if path.exists()), None)


@lru_cache
def _read(path: Path) -> GraphQLSchema:
    with gzip.open(path) as file:
        introspection = json.load(file)["data"]
    # Shopify's schema bends a rule of GraphQL's (deprecated fields of interfaces), knowingly.
    return build_client_schema(introspection, assume_valid=True)
