"""Pure functions on numbers: no files, no municipalities, no words."""
