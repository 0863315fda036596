"""How tasks and replies travel: through a Celery broker, or on this machine."""
