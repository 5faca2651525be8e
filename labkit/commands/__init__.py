"""The command `labkit`: one file a sub-command."""
