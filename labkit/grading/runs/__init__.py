"""Running a submission in a sandbox."""
