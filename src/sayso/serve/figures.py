"""What was read of the database, as metrics."""

from sayso.observe.metrics import Metric, Seen, gauge
from sayso.storage.figures import Figures


def shown(figures: Figures | None) -> Seen:
    """The metrics of one look; None, where the database could not be asked: nothing but that is shown."""
    up = gauge(
        "sayso_database_up",
        "Whether the database answered the last look (1) or not (0)",
        (),
        [((), float(figures is not None))],
    )
    if figures is None:
        return Seen([up])
    return Seen([up, *_queues(figures), *_alarms(figures), *_rest(figures)])


def _queues(figures: Figures) -> list[Metric]:
    lengths = (((each.queue,), float(each.waiting)) for each in figures.queues)
    ages = (((each.queue,), each.oldest_seconds) for each in figures.queues)
    return [
        gauge(
            "sayso_queue_length",
            "What waits now, each counted up to 100,000; outbox: what is due, claims: taken to be sent, "
            "intents: on the wire or not yet recorded; planning: campaigns, since their last slice",
            ("queue",),
            lengths,
        ),
        gauge(
            "sayso_queue_oldest_seconds", "Since when the oldest waits; 0: nothing waits", ("queue",), ages
        ),
    ]


def _alarms(figures: Figures) -> list[Metric]:
    ringing = (((each.code,), float(each.ringing)) for each in figures.alarms)
    times = (((each.code,), float(each.times)) for each in figures.alarms)
    return [
        gauge("sayso_alarms", "Alarms that ring, by code: about how many things", ("code",), ringing),
        gauge("sayso_alarm_times", "How often the alarms that ring were rung, by code", ("code",), times),
    ]


def _rest(figures: Figures) -> list[Metric]:
    return [
        gauge(
            "sayso_pauses",
            "How much stands still: everything, workspaces, connections",
            (),
            [((), float(figures.pauses))],
        ),
        gauge(
            "sayso_flush_rows",
            "Callbacks stored by one flush of the doors, the mean of the newest thousand callbacks",
            (),
            [((), figures.flush_rows)],
        ),
    ]
