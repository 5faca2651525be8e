"""The HTML that a notebook shows, from the templates beside this module."""

from __future__ import annotations

import functools
from typing import Any


def render(name: str, **given: Any) -> str:
    """Return the template `name`, filled in; what is given is escaped."""
    return _environment().get_template(name).render(**given)


@functools.cache
def _environment() -> Any:
    import jinja2

    loader = jinja2.PackageLoader("labkit.notebook")
    return jinja2.Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
