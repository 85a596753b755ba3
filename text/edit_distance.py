"""Edit distance of two words, in slips of the keyboard.

Optimal string alignment distance (insertions, deletions, substitutions, transpositions of neighbours).
"""


def within(one: str, other: str, edits: int) -> bool:
    """Whether at most `edits` slips turn one word into the other."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > edits:
        return False
    return distance(one, other) <= edits


def distance(one: str, other: str) -> int:
    """The optimal string alignment distance, by Wagner and Fischer's table with transpositions."""
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        older, above, row = above, row, [i]
        for j, right in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
