import { AudioLines, Mic, Square, Type } from "lucide-react";
import { Tabs } from "radix-ui";
import { useEffect, useRef } from "react";
import type { Speech } from "../../api/public.ts";
import { AudioPicker } from "../../components/audio-picker.tsx";
import { useFileUrl } from "../../components/face-picker.tsx";
import { clock, count } from "../../components/format.ts";
import { Notice } from "../../components/notice.tsx";
import { nameOfVoice, useVoices } from "../../components/voices.ts";
import { useCheckedAudio } from "../../files/audio.ts";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { locale } from "../../words/language.ts";
import { Listen } from "./listen.tsx";
import { useRecorder } from "./recorder.ts";
import type { Voice, VoiceSource } from "./voice.ts";

/** Tags of the languages that the server can speak. */
export const LANGUAGES = ["en-us", "en-gb", "de", "fr-fr", "es", "it", "pt-br", "nl", "pl", "ru", "tr", "hi"];
export const languageNames = new Intl.DisplayNames(locale, {
  type: "language",
  languageDisplay: "standard",
  style: "short",
});

/** The language and the voice of the speech. */
export function SpeechOptions({ speech, onChange }: { speech: Speech; onChange: (speech: Speech) => void }) {
  const voices = useVoices(speech.language);
  return (
    <div className="pair">
      <label className="field">
        <span>{words.voice.language}</span>
        <select
          className="input"
          value={speech.language}
          onChange={(event) => onChange({ ...speech, language: event.target.value, voice: "" })}
        >
          {LANGUAGES.map((tag) => (
            <option key={tag} value={tag}>
              {languageNames.of(tag)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{words.voice.voice}</span>
        <select
          className="input"
          value={speech.voice}
          onChange={(event) => onChange({ ...speech, voice: event.target.value })}
        >
          <option value="">{words.voice.default}</option>
          {voices.map((voice) => (
            <option key={voice.id} value={voice.id}>
              {nameOfVoice(voice)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** Chosen or recorded audio, with a player and the result of its check. */
function AudioPreview({ audio, name }: { audio: Blob; name: string }) {
  const url = useFileUrl(audio);
  const checked = useCheckedAudio(audio, useAudioLimits());
  return (
    <div className="audio-preview">
      <span className="cut">{name}</span>
      {/* biome-ignore lint/a11y/useMediaCaption: it is the user's own audio, just chosen */}
      {url && checked?.isPlayable && <audio src={url} controls preload="metadata" />}
      {checked?.problem && <Notice title={words.audio.rejected}>{checked.problem}</Notice>}
      {checked?.notes.map((note) => (
        <Notice key={note} kind="warning">
          {note}
        </Notice>
      ))}
    </div>
  );
}

export const useAudioLimits = () => ({ maxBytes: useSession().limits.max_upload_bytes });

function AudioFile({ file, onChoose }: { file: File | null; onChoose: (file: File) => void }) {
  return (
    <AudioPicker prompt={words.audio.drop} limits={useAudioLimits()} onChoose={onChoose}>
      {file && <AudioPreview audio={file} name={file.name} />}
    </AudioPicker>
  );
}

function Recording({ recording, onRecorded }: { recording: Blob | null; onRecorded: (audio: Blob) => void }) {
  const recorder = useRecorder(onRecorded);
  return (
    <div className="drop">
      {recorder.isRecording ? (
        <>
          <strong className="figures counting" role="timer">
            {clock(recorder.elapsedS)}
          </strong>
          <button type="button" className="button danger" onClick={recorder.stop}>
            <Square size={15} aria-hidden /> {words.recorder.stop}
          </button>
        </>
      ) : (
        <>
          <Mic size={26} aria-hidden />
          <p>{words.recorder.prompt}</p>
          <button type="button" className="button" onClick={recorder.start}>
            <Mic size={16} aria-hidden /> {recording ? words.recorder.again : words.recorder.start}
          </button>
        </>
      )}
      {recorder.problem && <Notice>{recorder.problem}</Notice>}
      {recording && !recorder.isRecording && <AudioPreview audio={recording} name={words.recorder.name} />}
    </div>
  );
}

/** Chooses a voice: text, an audio file, or a recording. */
export function VoicePicker({ voice, onChange }: { voice: Voice; onChange: (voice: Voice) => void }) {
  // A late result, such as a recording, must not undo newer changes.
  const latest = useRef(voice);
  useEffect(() => {
    latest.current = voice;
  }, [voice]);
  const { speech } = voice;
  const { max_text_chars: maxChars } = useSession().limits;
  const isTooLong = speech.text.length > maxChars;
  return (
    <Tabs.Root
      value={voice.source}
      onValueChange={(source) => onChange({ ...voice, source: source as VoiceSource })}
    >
      <Tabs.List className="tabs" aria-label={words.voice.sources}>
        <Tabs.Trigger value="text">
          <Type size={15} aria-hidden /> {words.voice.source.text}
        </Tabs.Trigger>
        <Tabs.Trigger value="file">
          <AudioLines size={15} aria-hidden /> {words.voice.source.file}
        </Tabs.Trigger>
        <Tabs.Trigger value="record">
          <Mic size={15} aria-hidden /> {words.voice.source.record}
        </Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="text" className="stack" tabIndex={-1}>
        <label className="field">
          <span className="visually-hidden">{words.voice.text}</span>
          <textarea
            className="input"
            rows={5}
            placeholder={words.voice.textPlaceholder}
            value={speech.text}
            aria-invalid={isTooLong}
            onChange={(event) => onChange({ ...voice, speech: { ...speech, text: event.target.value } })}
          />
          <small className={`figures ${isTooLong ? "bad" : "hint"}`} role="status">
            {(isTooLong ? words.voice.textTooLong : words.voice.characters)(
              count(speech.text.length),
              count(maxChars),
            )}
          </small>
        </label>
        <SpeechOptions speech={speech} onChange={(changed) => onChange({ ...voice, speech: changed })} />
        <Listen speech={speech} />
      </Tabs.Content>
      <Tabs.Content value="file" tabIndex={-1}>
        <AudioFile file={voice.file} onChoose={(file) => onChange({ ...voice, file })} />
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
