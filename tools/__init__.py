"""Scripts for those who keep the course."""
