"""What do the commands of run.py do?

One module a job; each function takes its collaborators, which run.py chooses.
"""
