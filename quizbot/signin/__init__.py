"""Who somebody is: a code by mail, a printed slip, a linked chat."""
