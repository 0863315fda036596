"""How tasks and results travel: through a Celery broker, or inside one process."""
