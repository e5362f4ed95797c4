import { Search } from "lucide-react";

interface SearchFieldProps {
  hint: string;
  words: string;
  onChange: (words: string) => void;
}

/** Words to look for in a list. */
export function SearchField({ hint, words, onChange }: SearchFieldProps) {
  return (
    <label className="field search-field">
      <span className="unseen">Search</span>
      <Search size={16} aria-hidden />
      <input
        className="input"
        type="search"
        placeholder={hint}
        value={words}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

interface OneOfProps<Value extends string> {
  label: string;
  all: string;
  names: Readonly<Record<Value, string>>;
  value: Value | null;
  onChange: (value: Value | null) => void;
}

/** One value that rows of a list must have, or any. */
export function OneOf<Value extends string>({ label, all, names, value, onChange }: OneOfProps<Value>) {
  return (
    <label>
      <span className="unseen">{label}</span>
      <select
        className="input"
        value={value ?? ""}
        onChange={(event) => onChange((event.target.value || null) as Value | null)}
      >
        <option value="">{all}</option>
        {(Object.entries(names) as [Value, string][]).map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
