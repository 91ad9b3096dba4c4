"""Regressions of a plot: each changes some axes and returns whether it found what to change."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle
from numpy.typing import ArrayLike, NDArray
from plot_figures import Axes

Change = Callable[[Axes, random.Random], bool]


def _data(axes: Axes) -> list[Any]:
    """Return what stands for data, in the order of drawing."""
    return [*axes.lines, *axes.patches, *axes.collections, *axes.images]


def _text(text: Any, draw: random.Random) -> bool:
    """Change one letter or digit of a text."""
    written = text.get_text()
    places = [i for i, character in enumerate(written) if character.isalnum()]
    if not places:
        return False
    place = draw.choice(places)
    others = "0123456789" if written[place].isdigit() else "abdefghkmnorstuvxyz"
    other = draw.choice(others.replace(written[place].lower(), ""))
    text.set_text(written[:place] + other + written[place + 1 :])
    return True


def value(axes: Axes, draw: random.Random) -> bool:
    """Change one value by a tenth of the axis."""
    by = 0.1 * np.ptp(axes.get_ylim())
    limits = axes.get_xlim(), axes.get_ylim()
    if axes.lines:
        line = draw.choice(list(axes.lines))
        y = np.array(line.get_ydata(), dtype=float)
        y[draw.randrange(len(y))] += by
        line.set_ydata(y)
    elif axes.patches and hasattr(axes.patches[0], "set_height"):
        bar = draw.choice(list(axes.patches))
        bar.set_height(bar.get_height() - by)
    else:
        return False
    axes.set(xlim=limits[0], ylim=limits[1])
    return True


def hidden(axes: Axes, draw: random.Random) -> bool:
    """Hide a line, bar, wedge or set of points."""
    draw.choice(_data(axes)).set_visible(False)
    return True


def colour(axes: Axes, draw: random.Random) -> bool:
    """Give a line, bar, wedge or set of points another colour."""
    found = [artist for artist in _data(axes) if hasattr(artist, "set_color")]
    if not found:
        return False
    draw.choice(found).set_color(draw.choice(["tab:red", "tab:purple", "tab:brown", "tab:pink"]))
    return True


def opacity(axes: Axes, draw: random.Random) -> bool:
    """Make something half transparent."""
    draw.choice(_data(axes)).set_alpha(0.5)
    return True


def thickness(axes: Axes, draw: random.Random) -> bool:
    """Make a line twice as thick."""
    if not axes.lines:
        return False
    line = draw.choice(list(axes.lines))
    line.set_linewidth(2 * line.get_linewidth())
    return True


def style(axes: Axes, draw: random.Random) -> bool:
    """Make a line dotted."""
    if not axes.lines:
        return False
    draw.choice(list(axes.lines)).set_linestyle(":")
    return True


def title(axes: Axes, draw: random.Random) -> bool:
    """Change a letter of the title."""
    return _text(axes.title, draw)


def label(axes: Axes, draw: random.Random) -> bool:
    """Leave out the name of an axis."""
    draw.choice([axes.xaxis, axes.yaxis]).label.set_text("")
    return True


def tick(axes: Axes, draw: random.Random) -> bool:
    """Change a letter or digit at a tick."""
    axes.figure.canvas.draw()
    axis = draw.choice([axes.xaxis, axes.yaxis])
    low, high = sorted(axis.get_view_interval())
    shown = [
        (place, text)
        for place, text in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
        if low <= place <= high and "$" not in text.get_text()
    ]
    if not shown or not _text(draw.choice(shown)[1], draw):
        return False
    axis.set_ticks([place for place, _ in shown], [text.get_text() for _, text in shown])
    return True


def limits(axes: Axes, draw: random.Random) -> bool:
    """Let an axis reach a twentieth further."""
    name = draw.choice("xy")
    low, high = getattr(axes, f"get_{name}lim")()
    axes.set(**{f"{name}lim": (low, high + 0.05 * (high - low))})
    return True


def legend(axes: Axes, _: random.Random) -> bool:
    """Leave out the legend."""
    found = axes.get_legend()
    if found is None:
        return False
    found.set_visible(False)
    return True


def grid(axes: Axes, _: random.Random) -> bool:
    """Add a grid, or leave it out."""
    present = axes.xaxis.get_gridlines()
    if not present:
        return False
    axes.grid(visible=not present[0].get_visible())
    return True


REGRESSIONS: tuple[Change, ...] = (
    value,
    hidden,
    colour,
    opacity,
    thickness,
    style,
    title,
    label,
    tick,
    limits,
    legend,
    grid,
)


# Changes that came later: how data are drawn, and where.

#: Pixels per unit of a figure's resolution on the plain machine.
PLAIN_DPI = 100


def _line(axes: Axes, draw: random.Random) -> Any | None:
    return draw.choice(list(axes.lines)) if axes.lines else None


def _points(axes: Axes) -> list[Any]:
    """Return clouds of points, and lines with markers."""
    clouds = [artist for artist in axes.collections if isinstance(artist, PathCollection)]
    return clouds + [line for line in axes.lines if line.get_marker() not in ("None", "", None)]


def marker(axes: Axes, draw: random.Random) -> bool:
    """Draw points as another symbol of the same size."""
    found = _points(axes)
    if not found:
        return False
    points, symbol = draw.choice(found), draw.choice("sD^v*P")
    if isinstance(points, PathCollection):
        style = MarkerStyle(symbol)
        points.set_paths([style.get_path().transformed(style.get_transform())])
    else:
        points.set_marker(symbol)
    return True


def marker_size(axes: Axes, draw: random.Random) -> bool:
    """Draw points a third wider."""
    found = _points(axes)
    if not found:
        return False
    points = draw.choice(found)
    if isinstance(points, PathCollection):
        points.set_sizes(points.get_sizes() * 1.33**2)
    else:
        points.set_markersize(points.get_markersize() * 1.33)
    return True


def dashes(axes: Axes, draw: random.Random) -> bool:
    """Dash a solid line, and draw a dashed one solid or with longer dashes."""
    line = _line(axes, draw)
    if line is None:
        return False
    solid = line.get_linestyle() == "-"
    line.set_linestyle(draw.choice(["--", "-."] if solid else ["-", (0, (9, 4))]))
    return True


def width(axes: Axes, draw: random.Random) -> bool:
    """Make a line a third wider or narrower."""
    line = _line(axes, draw)
    if line is None:
        return False
    line.set_linewidth(line.get_linewidth() * draw.choice([0.67, 1.33]))
    return True


def transparency(axes: Axes, draw: random.Random) -> bool:
    """Make something a quarter fainter."""
    artist = draw.choice(_data(axes))
    alpha = artist.get_alpha()
    artist.set_alpha(0.75 * (1.0 if alpha is None else alpha))
    return True


def hatch(axes: Axes, draw: random.Random) -> bool:
    """Hatch a bar, wedge or area, or give it another hatch."""
    found = [artist for artist in _data(axes) if hasattr(artist, "set_hatch")]
    if not found:
        return False
    artist = draw.choice(found)
    artist.set_hatch(draw.choice([h for h in ("//", "xx", "..", "--") if h != artist.get_hatch()]))
    return True


def nudge(axes: Axes, draw: random.Random) -> bool:
    """Move a line or points by 3 to 6 pixels, or the end of a bar."""
    by = draw.choice([-1, 1]) * draw.randint(3, 6) * axes.figure.dpi / PLAIN_DPI
    limits = axes.get_xlim(), axes.get_ylim()
    bars = [patch for patch in axes.patches if hasattr(patch, "set_height")]
    artists = [*axes.lines, *_points(axes), *bars]
    if not artists:
        return False
    artist = draw.choice(artists)
    if artist in axes.lines:
        line = np.column_stack(artist.get_data())
        artist.set_data(*_moved(axes, line, by).T)
    elif isinstance(artist, PathCollection):
        artist.set_offsets(_moved(axes, artist.get_offsets(), by))
    else:
        top = (artist.get_x(), artist.get_y() + artist.get_height())
        artist.set_height(_moved(axes, [top], by)[0, 1] - artist.get_y())
    axes.set(xlim=limits[0], ylim=limits[1])
    return True


def _moved(axes: Axes, places: ArrayLike, by: float) -> NDArray[np.float64]:
    """Return places (N, 2) in data, `by` pixels higher on the canvas."""
    there = axes.transData.transform(np.asarray(places, dtype=np.float64))
    back = axes.transData.inverted().transform(there + np.array([0.0, by]))
    return np.asarray(back, dtype=np.float64)


def order(axes: Axes, draw: random.Random) -> bool:
    """Draw something before or after all else, so that other things cover it or are covered."""
    data = _data(axes)
    if len(data) < 2:
        return False
    draw.choice(data).set_zorder(draw.choice([0.5, 9]))
    return True


ADDED_REGRESSIONS: tuple[Change, ...] = (
    marker,
    marker_size,
    dashes,
    width,
    transparency,
    hatch,
    nudge,
    order,
)
