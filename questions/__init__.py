"""What is asked: banks of questions, the kinds of question, and the place they speak of."""
