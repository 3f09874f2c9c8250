#!/bin/sh
# Before each start of a new version: tables, then the rows that a shop begins with.
set -eu
python manage.py migrate --no-input
python manage.py load_defaults
