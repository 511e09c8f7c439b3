"""A fit as one self-contained page: the verdict, what was done, pictures, tables, and what ran."""
