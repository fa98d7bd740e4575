"""What the scripts beside this folder share: the program under test, HTTP, and
a verifier of its answers that has no line in common with the program."""
