"""Building blocks for every screen: lists, dialogs, theme, commands, background work."""
