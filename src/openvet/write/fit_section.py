"""Whether models fit the machine, as a section of the HTML report."""

from typing import Final

from markupsafe import Markup

from openvet.fit import State
from openvet.report import Report
from openvet.write.escape import visible
from openvet.write.fits import gib, machine, said, tokens

STATES: Final[dict[State, str]] = {
    "runs": "clear",
    "may run": "unsure",
    "does not run": "found",
}
"""Classes of the style sheet."""
SECTION: Final = Markup(
    '<section aria-labelledby="fits">\n<h2 id="fits">Will it run?</h2>\n'
    '<p class="soft">Memory of {} and what models need of it, in GiB: from a short'
    " text in a lean engine to the whole context in a heavy one. Estimates from the"
    " headers of files, but for what is called measured.</p>\n"
    '<div class="wide"><table class="rows">\n<thead><tr><th scope="col">Model</th>'
    '<th scope="col">Way of running it</th><th scope="col" class="n">At least</th>'
    '<th scope="col" class="n">At most</th><th scope="col">Says</th></tr></thead>\n'
    "<tbody>\n{}</tbody>\n</table></div>\n</section>\n"
)
ROW: Final = Markup(
    '<tr><th scope="row">{}</th><td>{}</td><td class="n">{}</td><td class="n">{}</td>'
    '<td class="{}">{}</td></tr>\n'
)


def fit_section(report: Report) -> Markup:
    """Return the section of the HTML report; nothing where there are no models."""
    if not report.fits:
        return Markup()
    rows = (
        ROW.format(
            visible(fit.name) + tokens(fit),
            visible(way.name),
            gib(way.low),
            gib(way.high),
            STATES[way.state],
            said(way),
        )
        for fit in report.fits
        for way in fit.ways
    )
    return SECTION.format(machine(report.fits[0].hardware), Markup().join(rows))
