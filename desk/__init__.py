"""Everything that runs: the container, the roles of the processes, the commands and their terminal side.

One module a job; each function takes its collaborators, which desk/container.py chooses.
"""
