import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BadgeCheck, Clapperboard, ImagePlus, Radio, Save, Sparkles, Trash2, X } from "lucide-react";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { deleteAvatar, fetchPicture, type SavedAvatar, saveAvatar } from "../../api/avatars.ts";
import { AVATARS_KEY, useAvatars } from "../../components/avatar-gallery.tsx";
import { FileInput, useDrop } from "../../components/file-input.tsx";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { useStore } from "../../components/store.ts";
import { PHOTO_ACCEPT } from "../../files/media-types.ts";
import { photoProblem } from "../../files/photo.ts";
import { accountOf, useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { live } from "../live/live-session.ts";
import { openDraft, updateDraft } from "../studio/draft.ts";
import { createCandidates, creation } from "./candidates.ts";
import { GeneratorChoice } from "./generator-choice.tsx";
import "./create.css";

const MAX_REFERENCES = 6;
const MAX_REFERENCE_BYTES = 15 * 2 ** 20;
const MAX_PROMPT_CHARS = 5000;

function Hints() {
  const { hints } = useStore(creation);
  const change = (name: string, value: string) => {
    const { [name]: _, ...others } = creation.get().hints;
    creation.set({ hints: value ? { ...others, [name]: value } : others });
  };
  return (
    <fieldset className="hints">
      <legend>{words.avatars.hints}</legend>
      {Object.entries(words.avatars.choices).map(([name, choice]) => (
        <label key={name} className="field">
          <span>{choice.name}</span>
          <select
            className="input"
            value={hints[name] ?? ""}
            onChange={(event) => change(name, event.target.value)}
          >
            <option value="">{words.avatars.any}</option>
            {Object.entries(choice.values).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
      ))}
    </fieldset>
  );
}

function References() {
  const { references } = useStore(creation);
  const chooser = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<{ name: string; text: string } | null>(null);
  const take = async (file: File) => {
    const text = await photoProblem(file, MAX_REFERENCE_BYTES);
    setProblem(text === null ? null : { name: file.name, text });
    const before = creation.get().references;
    if (text === null && before.length < MAX_REFERENCES) creation.set({ references: [...before, file] });
  };
  const { over, drop } = useDrop((file) => void take(file));
  return (
    <div className={`drop references ${over ? "over" : ""}`} {...drop}>
      <strong>{words.avatars.references}</strong>
      <p className="hint">{words.avatars.referencesHint}</p>
      {references.length > 0 && (
        <ul className="chosen-references">
          {references.map((file, index) => (
            <li key={`${file.name} ${file.lastModified}`}>
              <span className="cut">{file.name}</span>
              <button
                type="button"
                className="button quiet"
                aria-label={words.avatars.removeReference(file.name)}
                onClick={() => creation.set({ references: references.filter((_, at) => at !== index) })}
              >
                <X size={16} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <button
        type="button"
        className="button"
        disabled={references.length >= MAX_REFERENCES}
        onClick={() => chooser.current?.click()}
      >
        <ImagePlus size={16} aria-hidden /> {words.avatars.addReference}
      </button>
      <FileInput
        ref={chooser}
        accept={PHOTO_ACCEPT}
        label={words.avatars.references}
        onChoose={(file) => void take(file)}
      />
      {problem && <Notice title={words.files.rejected(problem.name)}>{problem.text}</Notice>}
    </div>
  );
}

/** A picture that becomes a face; `avatarId` is that of a saved avatar. */
interface UsedPicture {
  url: string;
  name: string;
  avatarId?: string;
}

/** Uses a picture as the face of another page. */
function useAsFace() {
  const navigate = useNavigate();
  const account = accountOf(useSession());
  return useMutation({
    mutationFn: async ({ url, name, avatarId, page }: UsedPicture & { page: "studio" | "live" }) => {
      const face = await fetchPicture(url, name, avatarId);
      if (page === "live") live.set({ face });
      else {
        openDraft(account);
        updateDraft({ face, jobId: null });
      }
      await navigate(`/${page}`);
    },
  });
}

function UseButtons(picture: UsedPicture) {
  const use = useAsFace();
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={use.isPending}
        onClick={() => use.mutate({ ...picture, page: "studio" })}
      >
        <Clapperboard size={16} aria-hidden /> {words.avatars.useInStudio}
      </button>
      <button
        type="button"
        className="button"
        disabled={use.isPending}
        onClick={() => use.mutate({ ...picture, page: "live" })}
      >
        <Radio size={16} aria-hidden /> {words.avatars.useInLive}
      </button>
      {use.isError && <ErrorNotice error={use.error} title={words.avatars.notLoaded} />}
    </>
  );
}

function Chosen() {
  const { jobId, pictures, chosen } = useStore(creation);
  const [name, setName] = useState("");
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () => saveAvatar(jobId ?? "", chosen, name.trim()),
    onSuccess: async () => {
      setName("");
      await queries.invalidateQueries({ queryKey: AVATARS_KEY });
    },
  });
  const picture = pictures[chosen];
  if (!picture) return null;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <label className="field">
        <span>{words.avatars.name}</span>
        <input
          className="input"
          value={name}
          maxLength={200}
          placeholder={words.avatars.namePlaceholder}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <div className="row">
        <button type="submit" className="button primary" disabled={save.isPending || name.trim() === ""}>
          <Save size={16} aria-hidden /> {save.isPending ? words.avatars.saving : words.avatars.save}
        </button>
        <UseButtons url={picture.image_url} name={words.avatars.candidate(chosen + 1)} />
      </div>
      <p className="hint" role="status">
        {save.isSuccess && words.avatars.saved(save.data.name)}
      </p>
      {save.isError && <ErrorNotice error={save.error} title={words.avatars.notSaved} />}
    </form>
  );
}

/** A candidate that blinks and looks about; a still picture for who wants less motion. */
function Candidate({ url, preview }: { url: string; preview: string | null }) {
  const [isStill] = useState(() => matchMedia("(prefers-reduced-motion: reduce)").matches);
  if (preview === null || isStill) return <img src={url} alt="" />;
  return <video src={preview} poster={url} autoPlay loop muted playsInline disablePictureInPicture />;
}

function Candidates() {
  const { pictures, chosen, isBusy, error } = useStore(creation);
  return (
    <section className="stack" aria-label={words.avatars.candidates}>
      {isBusy && (
        <div className="stack">
          <p role="status">{words.avatars.creating}</p>
          <div className="progress unknown" aria-hidden>
            <i />
          </div>
        </div>
      )}
      {error !== null && <ErrorNotice error={error} title={words.avatars.failed} />}
      {pictures.length > 0 && (
        <ul className="candidates" aria-label={words.avatars.candidates}>
          {pictures.map(({ image_url: url, preview_url: preview }, index) => (
            <li key={url}>
              <button
                type="button"
                aria-pressed={index === chosen}
                aria-label={words.avatars.candidate(index + 1)}
                onClick={() => creation.set({ chosen: index })}
              >
                <Candidate url={url} preview={preview ?? null} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Chosen />
      {!isBusy && error === null && pictures.length === 0 && (
        <p className="hint row">
          <BadgeCheck size={15} aria-hidden /> {words.avatars.hint}
        </p>
      )}
    </section>
  );
}

function SavedRow({ avatar }: { avatar: SavedAvatar }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteAvatar(avatar.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: AVATARS_KEY }),
  });
  return (
    <li className="card saved-avatar">
      <img src={avatar.image_url} alt="" />
      <div className="stack">
        <strong className="cut">{avatar.name}</strong>
        <div className="row">
          <UseButtons url={avatar.image_url} name={avatar.name} avatarId={avatar.id} />
          <button
            type="button"
            className="button quiet"
            aria-label={words.avatars.remove(avatar.name)}
            disabled={remove.isPending}
            onClick={() => remove.mutate()}
          >
            <Trash2 size={16} aria-hidden />
          </button>
        </div>
        {remove.isError && <ErrorNotice error={remove.error} title={words.avatars.notRemoved} />}
      </div>
    </li>
  );
}

/** Creates pictures of people who do not exist, and keeps them as avatars. */
export function Create() {
  const { prompt, isBusy, pictures } = useStore(creation);
  const saved = useAvatars();
  return (
    <Page title={words.shell.pages.create} about={words.avatars.about}>
      <div className="studio">
        <form
          className="stack studio-form"
          onSubmit={(event) => {
            event.preventDefault();
            void createCandidates();
          }}
        >
          <label className="field">
            <span>{words.avatars.prompt}</span>
            <textarea
              className="input"
              rows={4}
              maxLength={MAX_PROMPT_CHARS}
              placeholder={words.avatars.promptPlaceholder}
              value={prompt}
              onChange={(event) => creation.set({ prompt: event.target.value })}
            />
          </label>
          <Hints />
          <References />
          <GeneratorChoice />
          <button type="submit" className="button primary large" disabled={isBusy || prompt.trim() === ""}>
            <Sparkles size={18} aria-hidden />{" "}
            {isBusy ? words.avatars.creating : pictures.length ? words.avatars.again : words.avatars.create}
          </button>
        </form>
        <Candidates />
      </div>
      <section className="stack saved-gallery">
        <h2>{words.avatars.gallery}</h2>
        <QueryView of={saved} failed={words.avatars.galleryNotLoaded} rows={2}>
          {(avatars) =>
            avatars.length === 0 ? (
              <p className="hint">{words.avatars.galleryEmpty}</p>
            ) : (
              <ul className="saved-avatars">
                {avatars.map((avatar) => (
                  <SavedRow key={avatar.id} avatar={avatar} />
                ))}
              </ul>
            )
          }
        </QueryView>
      </section>
    </Page>
  );
}
