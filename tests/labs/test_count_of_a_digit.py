"""The exercise that an author begins with takes no count that is right by chance.

On the drawn sample as on the real digits: "count the 7s" is not met by the count of the 8s.
"""

import pathlib
import string

import numpy as np
import pytest

from labkit import data
from labkit.checks import Outcome, lab_folder
from labkit.commands import new

TEMPLATES = pathlib.Path(new.__file__).with_name("templates")
TEXT = """---
lab: lab9-counts
minutes: 5
dataset: mnist
---

# Counts

```python setup
import numpy as np
```

```python load
(x_train, y_train), (x_test, y_test) = labkit.load_mnist()
```

"""


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """Return a lab with the exercise that `labkit new` writes, for each of the ten digits."""
    folder = tmp_path / f"lab_of_{tmp_path.name}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    form = string.Template((TEMPLATES / "exercise.txt").read_text(encoding="utf-8"))
    for digit in range(10):
        written = form.substitute(title=f"Count {digit}", variable=f"n_{digit}", label=digit)
        (folder / f"count_{digit}.py").write_text(written, encoding="utf-8")
    places = "\n\n".join(f"{{{{ count_{digit} }}}}" for digit in range(10))
    (folder / lab_folder.TEXT).write_text(f"{TEXT}{places}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return lab_folder.Lab(folder, folder.name)


@pytest.mark.usefixtures("sample_data")
def test_no_count_but_the_digits_own_is_right(lab):
    (_, y_train), (_, y_test) = data.load_mnist()
    counts = np.bincount(y_train).tolist()
    others = {*counts, *np.bincount(y_test).tolist(), len(y_train) // 10, len(y_train), len(y_test)}
    for digit, exercise in enumerate(lab.exercises):
        right = counts[digit]
        assert exercise.judge(exercise.collect(right)).outcome is Outcome.PASSED
        for count in (*(others - {right}), right - 1, right + 1):
            result = exercise.judge(exercise.collect(count))
            assert (result.outcome, result.points) == (Outcome.FAILED, 0), (digit, count)
    assert len({*counts, len(y_train) // 10}) == 11
