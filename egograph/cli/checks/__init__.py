"""What `egograph doctor` looks at."""
