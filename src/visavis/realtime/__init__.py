"""One live session: sound from a room in, a talking face with the same sound out.

tracks ─▶ Ear ─┐
               ├─blocks of 10 ms─▶ Performance ─▶ sound, held back ─▶ audio track
segments ──────┘                       └─poses, when due─▶ Wardrobe ─▶ video track
"""
