"""Tests of the table of operations, parametrised from it: a new row is tested without a new test."""
