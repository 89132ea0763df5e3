"""The HTTP door of index data: files come in, and runs tell what became of them."""
