"""Our own templates, filled in: text as it is, HTML with every value escaped."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

_ENVIRONMENT = Environment(
    loader=PackageLoader("adapters.documents"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def fill_in(template: str, **values: object) -> str:
    """Fill in a template of this package's folder `templates`."""
    return _ENVIRONMENT.get_template(template).render(values)
