"""What compile-world and build-world share: tables, names, and one module a family of sources."""
