"""One live session: audio in; a talking face with the same audio out.

room tracks ─▶ AudioMixer ────┐
                              ├─blocks of 10 ms─▶ AvSync ─audio, delayed──▶ output
agent stream ─▶ PlayoutQueue ─┘                     └─poses, when due─▶ FaceCrossfade ─frames─▶ output
"""
