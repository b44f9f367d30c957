"""The stages of a build on Spark: reading, extraction, canonicalisation, links.

Spark spreads the rows, counts and joins them; what is done with a row, a name or a block of papers is the code of the
local build, so that both give the same tables. What needs the whole at once stays with the driver: which records are
one paper, which names are one thing, citations, communities, and the files of the knowledge base.
"""
