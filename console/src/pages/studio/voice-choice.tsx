import { AudioLines, Mic, Square, Type } from "lucide-react";
import { Tabs } from "radix-ui";
import { useEffect, useRef } from "react";
import type { Speech } from "../../api/public.ts";
import { SOUND_WORDS } from "../../files/kinds.ts";
import { useCheckedSound } from "../../files/sound.ts";
import { useFileUrl } from "../../parts/face.tsx";
import { clock, count } from "../../parts/format.ts";
import { Notice } from "../../parts/notice.tsx";
import { SoundDrop } from "../../parts/sound-drop.tsx";
import { useSession } from "../../shell/session.tsx";
import { useRecorder } from "./recorder.ts";
import type { Voice, Way } from "./voice.ts";

const LANGUAGES: readonly [string, string][] = [
  ["en-us", "English, American"],
  ["en-gb", "English, British"],
  ["de", "German"],
  ["fr-fr", "French"],
  ["es", "Spanish"],
  ["it", "Italian"],
  ["pt-br", "Portuguese, Brazilian"],
  ["nl", "Dutch"],
  ["pl", "Polish"],
  ["ru", "Russian"],
  ["tr", "Turkish"],
  ["hi", "Hindi"],
];
const VOICES: readonly [string, string][] = [
  ["", "Default"],
  ["f2", "Higher, warm"],
  ["f3", "Higher, bright"],
  ["f5", "Higher, soft"],
  ["m2", "Lower, calm"],
  ["m3", "Lower, clear"],
  ["m7", "Lower, deep"],
];

/** The language and the voice that a text is spoken with. */
export function SpeechChoice({ speech, onChange }: { speech: Speech; onChange: (speech: Speech) => void }) {
  return (
    <div className="pair">
      <label className="field">
        <span>Language</span>
        <select
          className="input"
          value={speech.language}
          onChange={(event) => onChange({ ...speech, language: event.target.value })}
        >
          {LANGUAGES.map(([tag, name]) => (
            <option key={tag} value={tag}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Voice</span>
        <select
          className="input"
          value={speech.voice}
          onChange={(event) => onChange({ ...speech, voice: event.target.value })}
        >
          {VOICES.map(([variant, name]) => (
            <option key={variant} value={variant}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** A sound that was chosen or recorded: to be heard, and what its check found. */
function Heard({ sound, name }: { sound: Blob; name: string }) {
  const url = useFileUrl(sound);
  const checked = useCheckedSound(sound, useSoundLimits());
  return (
    <div className="heard">
      <span className="cut">{name}</span>
      {/* biome-ignore lint/a11y/useMediaCaption: it is the user's own sound, just chosen */}
      {url && checked?.isPlayable && <audio src={url} controls preload="metadata" />}
      {checked?.problem && <Notice title="This sound cannot be used">{checked.problem}</Notice>}
      {checked?.notes.map((note) => (
        <Notice key={note} kind="wait">
          {note}
        </Notice>
      ))}
    </div>
  );
}

export const useSoundLimits = () => ({ maxBytes: useSession().limits.max_upload_bytes });

function SoundFile({ file, onChoose }: { file: File | null; onChoose: (file: File) => void }) {
  return (
    <SoundDrop
      invitation={`Drop a sound here: ${SOUND_WORDS}.`}
      limits={useSoundLimits()}
      onChoose={onChoose}
    >
      {file && <Heard sound={file} name={file.name} />}
    </SoundDrop>
  );
}

function Recording({ recording, onRecorded }: { recording: Blob | null; onRecorded: (sound: Blob) => void }) {
  const recorder = useRecorder(onRecorded);
  return (
    <div className="drop">
      {recorder.isRecording ? (
        <>
          <strong className="figures counting" role="timer">
            {clock(recorder.elapsedS)}
          </strong>
          <button type="button" className="button danger" onClick={recorder.stop}>
            <Square size={15} aria-hidden /> Stop recording
          </button>
        </>
      ) : (
        <>
          <Mic size={26} aria-hidden />
          <p>Say something into your microphone.</p>
          <button type="button" className="button" onClick={recorder.start}>
            <Mic size={16} aria-hidden /> {recording ? "Record again" : "Start recording"}
          </button>
        </>
      )}
      {recorder.problem && <Notice>{recorder.problem}</Notice>}
      {recording && !recorder.isRecording && <Heard sound={recording} name="Your recording" />}
    </div>
  );
}

/** What is to be said: typed, as a file, or recorded now. */
export function VoiceChoice({ voice, onChange }: { voice: Voice; onChange: (voice: Voice) => void }) {
  // What arrives late, such as a recording, must not undo what was chosen meanwhile.
  const latest = useRef(voice);
  useEffect(() => {
    latest.current = voice;
  }, [voice]);
  const { speech } = voice;
  const { max_text_chars: maxChars } = useSession().limits;
  const isTooLong = speech.text.length > maxChars;
  return (
    <Tabs.Root value={voice.way} onValueChange={(way) => onChange({ ...voice, way: way as Way })}>
      <Tabs.List className="tabs" aria-label="Where the voice comes from">
        <Tabs.Trigger value="text">
          <Type size={15} aria-hidden /> Text
        </Tabs.Trigger>
        <Tabs.Trigger value="file">
          <AudioLines size={15} aria-hidden /> Sound
        </Tabs.Trigger>
        <Tabs.Trigger value="record">
          <Mic size={15} aria-hidden /> Record
        </Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="text" className="stack" tabIndex={-1}>
        <label className="field">
          <span className="unseen">Text</span>
          <textarea
            className="input"
            rows={5}
            placeholder="What should be said?"
            value={speech.text}
            aria-invalid={isTooLong}
            onChange={(event) => onChange({ ...voice, speech: { ...speech, text: event.target.value } })}
          />
          <small className={`figures ${isTooLong ? "bad" : "hint"}`} role="status">
            {count(speech.text.length)} of {count(maxChars)} characters
            {isTooLong && ": this text is too long"}
          </small>
        </label>
        <SpeechChoice speech={speech} onChange={(changed) => onChange({ ...voice, speech: changed })} />
      </Tabs.Content>
      <Tabs.Content value="file" tabIndex={-1}>
        <SoundFile file={voice.file} onChoose={(file) => onChange({ ...voice, file })} />
      </Tabs.Content>
      <Tabs.Content value="record" tabIndex={-1}>
        <Recording
          recording={voice.recording}
          onRecorded={(recording) => onChange({ ...latest.current, recording })}
        />
      </Tabs.Content>
    </Tabs.Root>
  );
}
