"""JSON web tokens: what is in them, which keys sign them, who reads them."""
