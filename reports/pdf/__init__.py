"""The little typesetter that both PDF reports use: fonts, wrapped text, pages with numbered footers."""
