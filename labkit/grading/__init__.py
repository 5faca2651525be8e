"""Grade a class: repair, sandboxed runs, judging in a clean process, reports."""
