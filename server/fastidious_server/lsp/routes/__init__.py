"""Routes and the tests that call them, as editors show them."""
