"""Everything on the screen. Services are reached through the workspace, in threads."""
