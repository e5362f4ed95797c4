"""Where a session's sound comes from: implementations of `visavis.realtime.ports.AudioInput`."""
