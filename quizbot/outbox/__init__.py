"""Messages that the service owes somebody: a row first, then sent, once."""
