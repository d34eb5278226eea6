"""Taking a questionnaire: from the start to the outcome, alone, as a try, or in a group."""
