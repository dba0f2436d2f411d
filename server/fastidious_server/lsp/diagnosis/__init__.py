"""Findings: reviewed in turn, written as JSON, sent to clients or kept for those that ask."""
