"""The tables as peewee knows them, for ordinary queries.

The models are bound to no database: a process may have several catalogues open, so each query
is bound when it is made. The migrations, not these classes, create the tables.
"""

from __future__ import annotations

import peewee


class Source(peewee.Model):
    """A bucket at an endpoint."""

    id = peewee.AutoField()
    endpoint = peewee.TextField()
    bucket = peewee.TextField()
    access = peewee.TextField()
    images = peewee.IntegerField(default=0)


class Image(peewee.Model):
    """An object whose metadata has been read; only the columns that ordinary queries need."""

    id = peewee.AutoField()
    status = peewee.TextField()
    outcome = peewee.TextField()
    etag = peewee.TextField()
    size_bytes = peewee.IntegerField()


class Job(peewee.Model):
    """What one dispatch asked for, and how far it is."""

    id = peewee.AutoField()
    source_id = peewee.IntegerField()
    spec = peewee.TextField()
    state = peewee.TextField()
    command = peewee.TextField(default="")
    created_at = peewee.FloatField()
    started_at = peewee.FloatField(default=0)
    finished_at = peewee.FloatField(default=0)
    error = peewee.TextField(default="")
    listed = peewee.IntegerField(default=0)
    filtered = peewee.IntegerField(default=0)
    added = peewee.IntegerField(default=0)
    changed = peewee.IntegerField(default=0)
    unchanged = peewee.IntegerField(default=0)
    gone = peewee.IntegerField(default=0)
    total = peewee.IntegerField(default=0)
    ok = peewee.IntegerField(default=0)
    noexif = peewee.IntegerField(default=0)
    notimage = peewee.IntegerField(default=0)
    failed = peewee.IntegerField(default=0)
    bytes_listed = peewee.IntegerField(default=0)
    bytes_read = peewee.IntegerField(default=0)
    requests = peewee.IntegerField(default=0)
    tried_again = peewee.IntegerField(default=0)
    priority = peewee.IntegerField(default=0)
    rest_until = peewee.FloatField(default=0)


class Watch(peewee.Model):
    """A place that is listed again and again."""

    id = peewee.AutoField()
    source_id = peewee.IntegerField()
    spec = peewee.TextField()
    every_s = peewee.FloatField()
    created_at = peewee.FloatField()
    next_at = peewee.FloatField()
    job_id = peewee.IntegerField(default=0)
    rounds = peewee.IntegerField(default=0)
    found = peewee.IntegerField(default=0)


class Scan(peewee.Model):
    """One prefix, or one key, that a job lists."""

    id = peewee.AutoField()
    job_id = peewee.IntegerField()
    prefix = peewee.TextField()
    is_exact = peewee.IntegerField(default=0)
    since = peewee.TextField(default="")
    until = peewee.TextField(default="")
    cursor = peewee.TextField(default="")
    is_done = peewee.IntegerField(default=0)
    attempts = peewee.IntegerField(default=0)
    lease_until = peewee.FloatField(default=0)
    not_before = peewee.FloatField(default=0)
    error = peewee.TextField(default="")


class Ledger(peewee.Model):
    """One object of a job."""

    job_id = peewee.IntegerField()
    object_id = peewee.IntegerField()
    state = peewee.IntegerField()
    outcome = peewee.TextField()
    message = peewee.TextField()
    attempts = peewee.IntegerField()

    class Meta:  # noqa: D106
        primary_key = peewee.CompositeKey("job_id", "object_id")


class Worker(peewee.Model):
    """A worker that has sent a page or a result."""

    name = peewee.TextField(primary_key=True)
    seen_at = peewee.FloatField()
    objects = peewee.IntegerField()
    bytes_read = peewee.IntegerField()
