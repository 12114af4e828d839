"""The live demo in a window."""

import os
import sys

import numpy as np
from numpy.typing import NDArray

from egograph.report.label_bar import with_label_bar
from egograph.streaming.live_view import LiveView, Painting

_EVERY = 30  # milliseconds


def can_open() -> bool:
    """Whether there is a display and the means to open a window on it."""
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        return False
    try:
        import tkinter

        tkinter.Tk().destroy()
    except (ImportError, tkinter.TclError):
        return False
    return True


def show(view: LiveView) -> None:
    """Show the view in a window until the stream ends or the window is closed."""
    import tkinter

    window = tkinter.Tk()
    canvas = tkinter.Label(window)
    canvas.pack()
    image, shown = tkinter.PhotoImage(), 0  # Tk keeps no reference to the image that it shows

    def refresh() -> None:
        nonlocal image, shown
        if view.wait(0):
            window.destroy()
            return
        painting = view.picture(shown)
        if painting is not None:
            shown = painting.number
            image = tkinter.PhotoImage(data=_ppm(_with_label(painting)))
            canvas.configure(image=image)
            window.title(_title(view, painting))
        window.after(_EVERY, refresh)

    refresh()
    window.mainloop()


def _title(view: LiveView, painting: Painting) -> str:
    state = f"egograph live: {view.tally.stream}"
    if painting.label is not None:
        state += f", label {painting.label.age_ms} ms old, {view.tally.dropped} clips dropped"
    return state


def _with_label(painting: Painting) -> NDArray[np.uint8]:
    return painting.pixels if painting.label is None else with_label_bar(painting.pixels, painting.label)


def _ppm(pixels: NDArray[np.uint8]) -> bytes:
    height, width, _ = pixels.shape
    return b"P6 %d %d 255\n" % (width, height) + pixels.tobytes()
