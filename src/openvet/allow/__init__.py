"""What is allowed: lists per library and the judgement over them."""
