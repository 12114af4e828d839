"""What a person looks at after a run: the overlay video and the report page."""
