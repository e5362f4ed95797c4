"""One live session: sound from a room in, a talking face with the same sound out.

tracks ─▶ AudioMixer ─┐
               ├─blocks of 10 ms─▶ AvSync ─▶ sound, held back ─▶ audio track
segments ──────┘                       └─poses, when due─▶ FaceCrossfade ─▶ video track
"""
