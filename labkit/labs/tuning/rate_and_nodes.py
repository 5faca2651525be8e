"""Learning rate and nodes together

A wide network may want smaller steps than a narrow one, so two settings are searched together. Build
and train a network of one layer for every pair of a rate in `RATES` and a number in `RATE_NODES`. The
pair `(rate, nodes)` is the key in both dictionaries, of the networks and of their validation accuracies, and
`best_rate_and_nodes` is the pair with the highest accuracy.
"""

import itertools

from labkit.checks.authoring import VALUE, Exercise
from labkit.labs.tuning import shared

RATES = (0.0001, 0.001, 0.01)
RATE_NODES = (32, 128)
exercise = Exercise(
    __doc__,
    given=f"RATES = {list(RATES)}\nRATE_NODES = {list(RATE_NODES)}",
    rate_networks=shared.NETWORKS,
    accuracy_by_rate=shared.SHARES,
    best_rate_and_nodes=VALUE,
    hints=(
        "Two loops, one inside the other. The key of a dictionary may be a pair.",
        "build_mlp(nodes, 1, rate); rate_networks[rate, nodes] = ...",
        "A loop over RATES, and in it one over RATE_NODES; then max(..., key=...) as before",
    ),
)


@exercise.solution
def solution(RATES, RATE_NODES, build_mlp, train):
    rate_networks = {}
    accuracy_by_rate = {}
    for rate in RATES:
        for nodes in RATE_NODES:
            rate_networks[rate, nodes] = build_mlp(nodes, 1, rate)
            accuracy_by_rate[rate, nodes] = train(rate_networks[rate, nodes])
    best_rate_and_nodes = max(accuracy_by_rate, key=accuracy_by_rate.get)
    return rate_networks, accuracy_by_rate, best_rate_and_nodes


search = shared.Search(
    networks="rate_networks",
    table="accuracy_by_rate",
    best="best_rate_and_nodes",
    keys=tuple(itertools.product(RATES, RATE_NODES)),
    layers=1,
    words="pair (rate, nodes)",
    points=(2, 2, 3, 1),
    asks=(
        "The pair `(rate, nodes)` is the key in both dictionaries",
        "a network of one layer for every pair",
        "and of their validation accuracies",
        "`best_rate_and_nodes` is the pair with the highest accuracy",
    ),
)
shared.add_search(exercise, search)
