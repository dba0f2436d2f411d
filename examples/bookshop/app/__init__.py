"""Web shop of an independent bookseller."""
