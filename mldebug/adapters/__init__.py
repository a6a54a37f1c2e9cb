"""What users hand over, read into artefacts."""
