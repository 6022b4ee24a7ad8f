"""
From an article and an account to the words of an answer, with the grounds of every figure.

Pure throughout: values in, values out.  ``facts`` is the menu of figures that a sentence may
state, ``conditions`` that of the "When" phrases, ``composer`` puts the sentences together.
"""
