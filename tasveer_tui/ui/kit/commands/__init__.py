"""The commands of each place, as data: one row says everything known of a command."""
