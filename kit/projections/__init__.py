"""How facts become the tables of a read service: applied, switched, rebuilt, read, and told of."""
