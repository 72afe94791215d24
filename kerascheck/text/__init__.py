"""Sources as text: files and notebooks, tokens, trees, rows and columns, and escaping of what is written out."""
