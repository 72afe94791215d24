"""Fixes: edits of calls (`arguments`), from nodes to text edits (`lower`), and applying them to text and files."""
