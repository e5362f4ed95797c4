"""Where a session's sound and picture go: implementations of `visavis.realtime.ports.AvOutput`."""
