"""The profiles of the aws configuration."""

import botocore.session
from botocore.exceptions import BotoCoreError


def profiles() -> tuple[str, ...]:
    """Their names, in the files' order; none where the files cannot be read."""
    try:
        return tuple(botocore.session.Session().available_profiles)
    except BotoCoreError:
        return ()
