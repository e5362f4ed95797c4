"""Audio inputs of a session: implementations of `visavis.realtime.ports.AudioInput`."""
