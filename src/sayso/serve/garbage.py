"""What a long-lived process is made of is no garbage: it is not looked through again and again."""

import gc


def keep_what_is_there() -> None:
    """The collector leaves alone what exists by now. Call once all rooms are furnished; before a fork too,
    which then shares it.

    Looking through it costs a callback a quarter of its time and a batch of texts a fifth, and shows in the
    slowest hundredth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
