"""One live session: the sound of an input in, a talking face with the same sound out.

room tracks ─▶ AudioMixer ────┐
                              ├─blocks of 10 ms─▶ AvSync ─sound, held back─▶ output
agent stream ─▶ PlayoutQueue ─┘                     └─poses, when due─▶ FaceCrossfade ─frames─▶ output
"""
