/** The logo: two half circles, face to face. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <path className="one" d="M4 4a12 12 0 0 1 0 24z" />
      <path className="other" d="M28 4a12 12 0 0 0 0 24z" />
    </svg>
  );
}
