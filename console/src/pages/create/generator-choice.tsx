import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type AvatarSettings, chooseGenerator, type Generator, getSettings } from "../../api/avatars.ts";
import { ErrorNotice } from "../../components/notice.tsx";
import { wordFor, words } from "../../words/index.ts";

const KEY = ["avatar-settings"];
const GENERATORS: readonly Generator[] = ["painter", "service"];

/** The choice of what makes the pictures of the account; nothing where there is no choice. */
export function GeneratorChoice() {
  const queries = useQueryClient();
  const settings = useQuery({ queryKey: KEY, queryFn: ({ signal }) => getSettings(signal) });
  const choose = useMutation({
    mutationFn: chooseGenerator,
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  if (!settings.data?.may_choose) return null;
  const { generator, used_generator: used }: AvatarSettings = settings.data;
  const shown = choose.isPending ? choose.variables : generator;
  return (
    <>
      <label className="field">
        <span>{words.avatars.generator}</span>
        <select
          className="input"
          value={shown ?? ""}
          disabled={choose.isPending}
          onChange={({ target }) => choose.mutate(GENERATORS.find((each) => each === target.value) ?? null)}
        >
          <option value="">{words.avatars.usualGenerator}</option>
          {GENERATORS.map((each) => (
            <option key={each} value={each}>
              {wordFor(words.avatars.generators, each)}
            </option>
          ))}
        </select>
        <small className="hint">{wordFor(words.avatars.generatorHints, used)}</small>
      </label>
      {choose.isError && <ErrorNotice error={choose.error} title={words.avatars.notChosen} />}
    </>
  );
}
