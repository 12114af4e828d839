"""The numbers of the VISOR JSON layout, for its reader and for what writes it."""

# Polygons are in pixels of frames of this width and height.
SIZE = (1920, 1080)
LEFT_HAND_CLASS, RIGHT_HAND_CLASS = 300, 301
LEFT_GLOVE_CLASS, RIGHT_GLOVE_CLASS = 303, 304
HAND_FREE, GLOVE_FREE = "hand-not-in-contact", "glove-not-in-contact"
# The hand touches something that is not annotated.
TOUCHES_OTHER = "none-of-the-above"
