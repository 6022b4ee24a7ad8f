"""How well messages are understood: labelled questions in, figures with intervals out."""
