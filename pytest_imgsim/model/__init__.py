"""The ResNet50: its weights, and what runs it."""
