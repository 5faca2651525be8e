"""What a student meets in JupyterLab: the set-up cell, and a guard for cells that wait."""
