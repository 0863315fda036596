"""Buckets, pages of keys and ranges of bytes, as the aws command line would reach them.

Importing this room imports no SDK; the first call does.
"""

from tasveer_tui.s3.client import S3

__all__ = ["S3"]
