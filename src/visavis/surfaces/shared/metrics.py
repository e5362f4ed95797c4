"""What a server counts, for Prometheus."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The metrics of a process that serves requests.

    A WebSocket's handshake is a request of the method `WEBSOCKET`; its status is 101 if it was accepted.

    Attributes:
        registry: Registry of all of them.
        requests: Requests by method, route, status and surface.
        seconds: Seconds from request to answer, by method, route and surface.
        websockets: Open WebSockets by route and surface.
        jobs: Jobs that are not done, by status.
        slots: Jobs that can be rendered at a time; all, and busy ones.
        live_slots: Live sessions that can be held at a time; all, and busy ones.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "visavis_requests_total",
            "Requests answered.",
            ["method", "route", "status", "surface"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "visavis_request_seconds",
            "Time from request to answer.",
            ["method", "route", "surface"],
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self.websockets = Gauge(
            "visavis_websockets",
            "Open WebSockets.",
            ["route", "surface"],
            registry=self.registry,
        )
        self.jobs = Gauge("visavis_jobs", "Jobs that are not done.", ["status"], registry=self.registry)
        self.slots = Gauge(
            "visavis_slots", "Jobs that can be rendered at a time.", ["state"], registry=self.registry
        )
        self.live_slots = Gauge(
            "visavis_live_slots",
            "Live sessions that can be held at a time.",
            ["state"],
            registry=self.registry,
        )
