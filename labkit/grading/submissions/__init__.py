"""What was handed in: found, mended, held against what was handed out."""
