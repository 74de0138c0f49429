"""The program in the sandbox: opens the pickle, exports it and predicts the rows.

It runs in the model's own environment, which has no other package of Baton than `baton_export`.
"""
