#!/usr/bin/env bats
# The caches of the search for duplicates, made again by one command.
