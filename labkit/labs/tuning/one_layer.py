"""How many nodes in one layer?

Build and train a network of one hidden layer for each number in `NODES`, all with Adam's usual rate.
Keep the trained networks in the dictionary `one_layer`, their validation accuracies in
`accuracy_by_nodes`, both with the number of nodes as key. Then let Python find `best_nodes`, the number
of nodes with the highest accuracy.
"""

from labkit.checks.authoring import VALUE, Exercise
from labkit.labs.tuning import shared

NODES = (8, 16, 32, 64, 128)
exercise = Exercise(
    __doc__,
    given=f"NODES = {list(NODES)}",
    one_layer=shared.NETWORKS,
    accuracy_by_nodes=shared.SHARES,
    best_nodes=VALUE,
    hints=(
        "Five networks, one after the other, in one loop.",
        "build_mlp makes a network, train gives its accuracy. max(d, key=d.get) finds the key of "
        "the largest value in a dictionary d.",
        "In a loop over NODES: one_layer[nodes] = ...; accuracy_by_nodes[nodes] = ...",
    ),
)


@exercise.solution
def solution(NODES, build_mlp, train):
    one_layer = {}
    accuracy_by_nodes = {}
    for nodes in NODES:
        one_layer[nodes] = build_mlp(nodes)
        accuracy_by_nodes[nodes] = train(one_layer[nodes])
    best_nodes = max(accuracy_by_nodes, key=accuracy_by_nodes.get)
    return one_layer, accuracy_by_nodes, best_nodes


search = shared.Search(
    networks="one_layer",
    table="accuracy_by_nodes",
    best="best_nodes",
    keys=NODES,
    layers=1,
    words="number of nodes",
    points=(2, 2, 4, 2),
    asks=(
        "both with the number of nodes as key",
        "a network of one hidden layer for each number in `NODES`, all with Adam's usual rate",
        "their validation accuracies in `accuracy_by_nodes`",
        "the number of nodes with the highest accuracy",
    ),
    rate=0.001,
)
shared.add_search(exercise, search)
