"""Better than a support-vector machine?

Take the names of all networks whose mean accuracy is above the baseline, as the list
`better_networks`. Let pandas choose: a table is easily misread.
"""

from labkit.checks.authoring import VALUE, Exercise, Message

exercise = Exercise(
    __doc__,
    better_networks=VALUE,
    hints=(
        "Which rows of the table have an accuracy above 0.897?",
        "table[table['accuracy'] > ...] keeps some rows; .tolist() makes a list of a column.",
        "better_networks = table.loc[table['accuracy'] > ..., 'network'].tolist()",
    ),
)


@exercise.solution
def solution(table):
    better_networks = table.loc[table["accuracy"] > 0.897, "network"].tolist()
    return better_networks


def _named(plain):
    parts = plain if isinstance(plain, list) else [plain]
    return {str(part).strip() for part in parts}


@exercise.criterion(1, asks="Take the names of all networks", stop=True)
def _(better_networks, right, table):
    """the names are those of the table"""
    named, known = _named(better_networks), table["network"].tolist()
    if isinstance(better_networks, str) and better_networks.strip() not in known:
        return Message(
            f"better_networks is one text, {better_networks[:60]!r}",
            "a list with a text for each name",
            "table[...]['network'].tolist() makes such a list.",
        )
    strange = sorted(named - set(known))
    if strange or (right.better_networks and not named):
        return Message(
            f"better_networks holds {', '.join(strange) or 'nothing'}",
            f"some of the names {', '.join(known)}",
            "Take the names from the column network of the table.",
        )


@exercise.criterion(2, asks="all networks whose mean accuracy is above the baseline")
def _(better_networks, right):
    """every network above the baseline is there"""
    count = len(set(right.better_networks) - _named(better_networks))
    if count:
        return Message(
            f"{count} of the networks above the baseline {'is' if count == 1 else 'are'} missing",
            "",
            "Compare the column accuracy with 0.897 in one expression.",
        )


@exercise.criterion(1, asks="whose mean accuracy is above the baseline")
def _(better_networks, right):
    """and no other"""
    count = len(_named(better_networks) - set(right.better_networks))
    if count:
        are = "is" if count == 1 else "are"
        saw = f"{count} of the networks in better_networks {are} not above the baseline"
        return Message(saw, "", "Compare the column accuracy with 0.897: is that a share?")


@exercise.sign(shown_by=lambda table: table["network"].tolist(), earns=3)
def all_of_them(better_networks, table):
    """These are all networks. Some of them lose against the baseline."""
    return _named(better_networks) == set(table["network"])


@exercise.sign(
    shown_by=lambda table: table.loc[table["accuracy"] <= 0.897, "network"].tolist(), earns=1
)
def worse_for_better(better_networks, right, table):
    """These are the networks that the baseline beats."""
    return _named(better_networks) == set(table["network"]) - set(right.better_networks)


exercise.alike.update(
    {
        "better_networks: turned round": "the names are asked for, in any order",
        "better_networks: items * swapped": "the names are asked for, in any order",
        "better_networks: item * doubled": "a name that stands there twice is no other name",
    }
)
exercise.right(
    array=lambda np, better_networks: np.array(better_networks),
    a_set=lambda better_networks: set(better_networks),
)
exercise.wrong(constant=lambda: 0.897)
exercise.wrong(empty=lambda: [])
exercise.wrong(earns=2, best_missing=lambda better_networks: better_networks[:-1])
