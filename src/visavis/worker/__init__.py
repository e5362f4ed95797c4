"""The work behind the API: rendering, live sessions, notifications, maintenance."""
