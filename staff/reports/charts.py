"""Charts as pictures: SVG drawn on the server, light and dark in one, without any script.

A picture is a document of its own, so its styles never meet the page's content security policy.
The page carries it as a data address, which spares a second look into the database.
"""

from base64 import b64encode
from collections.abc import Callable
from math import ceil, floor, log10
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import pygal
from pygal.style import Style

from returns_portal.returns.reports import wording
from returns_portal.returns.reports.tables import Chart

# As wide as a phone shows it nearly, so that its words stay readable there.
WIDTH, HEIGHT = 400, 250
LEGEND_ROW, LEGEND_COLUMNS = 18, 2
LIGHT = ("#0d5c4a", "#c2571a", "#3f6fb5", "#8a5a9e", "#86730f")
DARK = ("#7fd4b9", "#f0a070", "#8fb8f5", "#cfa3e0", "#e0cf6a")
# So many labels fit under a chart.
LABELS = 5
LONGEST_LABEL = 24
SIZE = 12
# So many steps has the axis of values, at most, and of round numbers only.
STEPS = 4
ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
STYLE = Style(label_font_size=SIZE, major_label_font_size=SIZE, legend_font_size=SIZE)
SHAPES: dict[str, type[Any]] = {
    "line": pygal.Line,
    "columns": pygal.Bar,
    "stacked": pygal.StackedBar,
    "bars": pygal.HorizontalBar,
}
CSS = f"""
text {{ font: {SIZE}px system-ui, sans-serif; fill: #3a4741; stroke: none; }}
.background, .plot .background {{ fill: none; }}
.guide.line, .axis .line {{ fill: none; stroke: #d0d8d2; stroke-width: 1; }}
.vertical .axis.x .guide.line, .horizontal .axis.y .guide.line {{ opacity: 0; }}
.axis.x text, .centered {{ text-anchor: middle; }}
.axis.x text[transform] {{ text-anchor: start; }}
.axis.y text {{ text-anchor: end; }}
.legend text {{ text-anchor: start; }}
.nofill {{ fill: none; }}
.line {{ stroke-width: 2.5; }}
.showable, .text-overlay {{ visibility: hidden; }}
"""
DARK_CSS = """
text { fill: #c3cec9; }
.guide.line, .axis .line { stroke: #35423d; }
"""


def draw(chart: Chart) -> str:
    """The chart as a data address for an `img`."""
    return "data:image/svg+xml;base64," + b64encode(draw_svg(chart)).decode()


def draw_svg(chart: Chart) -> bytes:
    """The chart as an SVG document that holds no script and links to nothing."""
    series, axis = len(chart.series), ticks(highest(chart), whole=chart.unit == "count")
    rows = -(-series // LEGEND_COLUMNS) if series > 1 else 0
    drawing = SHAPES[chart.kind](
        width=WIDTH,
        height=HEIGHT + rows * LEGEND_ROW,
        style=STYLE,
        css=[],
        js=[],
        show_legend=series > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=LEGEND_COLUMNS,
        legend_box_size=10,
        truncate_legend=LONGEST_LABEL,
        truncate_label=LONGEST_LABEL,
        # Bars lie: the axis of values is where others have theirs of days.
        show_minor_x_labels=chart.kind == "bars",
        y_labels=axis,
        dots_size=2.5,
        margin=8,
        # Room for the rows of the legend: pygal keeps some for one alone.
        margin_bottom=8 + max(0, rows - 1) * 10,
        spacing=6,
        range=(0, axis[-1]),
        value_formatter=FORMATS[chart.unit],
        formatter=FORMATS[chart.unit],
    )
    place(drawing, chart)
    for name, values in ordered(chart):
        drawing.add(name, list(values))
    return tostring(clean(drawing.render_tree(), chart.title))


def highest(chart: Chart) -> float:
    """The end of the axis of values."""
    columns = zip(*(values for _name, values in chart.series), strict=True)
    together = sum if chart.kind == "stacked" else max
    return max((together(value or 0 for value in column) for column in columns), default=1) or 1


def ticks(most: float, *, whole: bool) -> list[float]:
    """Round numbers from zero to no less than `most`, all as far apart."""
    power = 10.0 ** floor(log10(most / STEPS))
    step = next(power * size for size in ROUND if power * size * STEPS >= most * (1 - 1e-9))
    if whole:
        step = max(1.0, ceil(step))
    count = ceil(most / step - 1e-9)
    return [round(step * position, 10) for position in range(count + 1)]


def ordered(chart: Chart) -> list[tuple[str, tuple[float | None, ...]]]:
    """The series; bars are drawn from the bottom, so theirs turn around."""
    if chart.kind == "bars":
        return [(name, values[::-1]) for name, values in chart.series]
    return list(chart.series)


def place(drawing: Any, chart: Chart) -> None:
    """Labels the axis of what is shown, as many as fit."""
    if chart.kind == "bars":
        drawing.x_labels = [_short(label) for label in chart.labels[::-1]]
        return
    drawing.x_labels = list(chart.labels)
    every = max(1, -(-len(chart.labels) // LABELS))
    if len(chart.labels) > LABELS + 3:
        drawing.x_labels_major = list(chart.labels[::every])
    else:
        drawing.show_minor_x_labels = True
        drawing.x_label_rotation = 30 if len(chart.labels) > LABELS else 0


def clean(tree: Element, title: str) -> Element:
    """The drawing without scripts and comments, with its own title and short styles."""
    for element in [element for element in tree if not isinstance(element.tag, str)]:
        tree.remove(element)
    definitions = next(element for element in tree if element.tag.endswith("defs"))
    for element in list(definitions):
        if element.tag.endswith(("script", "style")):
            definitions.remove(element)
    for element in tree:
        if element.tag.endswith("title"):
            element.text = title
    dark = "@media (prefers-color-scheme: dark) {" + DARK_CSS + _colors(DARK) + "}"
    SubElement(definitions, "style").text = CSS + _colors(LIGHT) + dark
    return tree


def _colors(colors: tuple[str, ...]) -> str:
    return "".join(
        f".color-{index} {{ stroke: {color}; fill: {color}; }}\n"
        f".color-{index} .nofill {{ fill: none; }}\n"
        for index, color in enumerate(colors)
    )


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _count(value: float | None) -> str:
    return wording.count(round(value)) if value is not None else ""


def _share(value: float | None) -> str:
    return wording.share(value) if value is not None else ""


FORMATS: dict[str, Callable[[float | None], str]] = {"count": _count, "share": _share}
