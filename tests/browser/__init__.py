"""The operator's pages in a real browser, as a person uses them: by visible text and roles only (`make browser`)."""
