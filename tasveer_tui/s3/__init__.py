"""Buckets, pages of keys and byte ranges of objects, reached as the AWS command line reaches them.

A read takes this way through the room:

    client.py           S3: the methods that the program calls
    ├─ limiter.py       limits the reads in flight; a 503 halves the limit (ConcurrencyLimiter)
    ├─ retry.py         repeats a failed request after a pause with jitter (RetryPolicy)
    ├─ ranges.py        GetObject with Range and If-Match; checks that the response matches
    ├─ listing.py       ListObjectsV2: pages, finding single keys, partitioning a prefix
    ├─ operations.py    rare calls through botocore: ListBuckets, HeadObject, versions, presigning
    └─ transport.py     finds the route to a bucket, builds the GET request, follows its region
        ├─ session.py       botocore: credentials, region, endpoint, addressing style
        ├─ signer.py        signs the request (Signature Version 4)
        ├─ http_pool.py     sends one request over urllib3: proxies, TLS, streamed bodies
        └─ async_pool.py    sends many short requests over asyncio from one thread

    http_messages.py    request and response: the interface of both pools
    errors.py           the service's error responses as the project's errors
    sdk_errors.py       exceptions of botocore, urllib3 and sockets as the project's errors

No error of botocore, urllib3 or S3 leaves this room untranslated. Importing the room imports no
SDK; the first call does.
"""

from tasveer_tui.s3.client import S3

__all__ = ["S3"]
