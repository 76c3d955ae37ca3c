"""How a service speaks HTTP: bodies, problems, documents, pages of an answer, and what happens around a request."""
