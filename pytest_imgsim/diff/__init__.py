"""What explains a difference to a person: words, boxes, scores, pictures."""
