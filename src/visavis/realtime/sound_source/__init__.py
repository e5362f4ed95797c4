"""Sound that a client streams: decoded while it arrives, and sent to the avatar of a room.

bytes ─▶ DecodingThread ─samples─▶ SoundSource ─byte stream lk.audio_stream─▶ the avatar, wherever it is drawn
"""
