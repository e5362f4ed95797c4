"""Outputs of a session: implementations of `visavis.realtime.ports.AvOutput`."""
