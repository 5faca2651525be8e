"""Three layers

Now three hidden layers of equal width, with Adam's usual rate: one network for each number in
`THREE_NODES`, kept as in Exercise {exercise:one-layer}.
"""

from labkit.checks.authoring import VALUE, Exercise
from labkit.labs.tuning import shared

THREE_NODES = (16, 64, 128)
exercise = Exercise(
    __doc__,
    given=f"THREE_NODES = {list(THREE_NODES)}",
    three_layers=shared.NETWORKS,
    accuracy_by_three=shared.SHARES,
    best_nodes_of_three=VALUE,
    hints=(
        "The same loop as for one layer, with another second argument.",
        "build_mlp(nodes, layers=3) has three hidden layers of equal width.",
        "In a loop over THREE_NODES: three_layers[nodes] = build_mlp(nodes, ...)",
    ),
)


@exercise.solution
def solution(THREE_NODES, build_mlp, train):
    three_layers = {}
    accuracy_by_three = {}
    for nodes in THREE_NODES:
        three_layers[nodes] = build_mlp(nodes, layers=3)
        accuracy_by_three[nodes] = train(three_layers[nodes])
    best_nodes_of_three = max(accuracy_by_three, key=accuracy_by_three.get)
    return three_layers, accuracy_by_three, best_nodes_of_three


search = shared.Search(
    networks="three_layers",
    table="accuracy_by_three",
    best="best_nodes_of_three",
    keys=THREE_NODES,
    layers=3,
    words="number of nodes",
    points=(2, 2, 3, 1),
    asks=(
        "one network for each number in `THREE_NODES`",
        "three hidden layers of equal width, with Adam's usual rate",
        "kept as in",
        "kept as in",
    ),
    rate=0.001,
)
shared.add_search(exercise, search)
